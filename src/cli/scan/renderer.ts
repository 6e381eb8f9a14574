/** The reports that the user asked for, and where they go. Only their own reporters are loaded. */

import type { FileReport, Report } from "../../kernel/report.ts";
import { escapeText } from "../../kernel/text.ts";
import type { Tree } from "../../kernel/tree.ts";
import type { Ending } from "../../reporters/terminal/last-line.ts";
import type { SubjectTables } from "../../scan/events.ts";
import type { Output } from "./outputs.ts";
import type { ScanSettings } from "./settings.ts";

/** Many small pieces make few system calls. */
const BUFFERED = 64 * 1024;

export interface ScanEnding extends Ending {
  readonly exitCode: number;
  readonly tables: readonly SubjectTables[];
}

export interface Renderer {
  file(subject: string, report: FileReport): void;
  trace(locator: string, line: string): void;
  end(report: Report, ending: ScanEnding): void;
}

type Write = (text: string) => void;

export interface RendererOptions {
  readonly settings: ScanSettings;
  readonly trees: readonly Tree[];
  /** Receives what goes to each of the outputs. */
  readonly writeTo: (output: Output) => Write;
  /** Says a line to the user, beside the reports. */
  readonly say: (line: string) => void;
  /** Whether the runner of GitHub Actions reads standard output. */
  readonly annotate: boolean;
}

/** Makes one renderer out of those of all outputs. */
export async function makeRenderer(options: RendererOptions): Promise<Renderer> {
  const { settings, say } = options;
  const parts: Partial<Renderer>[] = [];
  for (const output of settings.outputs) {
    parts.push(await outputRenderer(output, options));
  }
  const onScreen = settings.outputs.some(({ file }) => file === undefined);
  if (!onScreen && settings.verbosity !== "quiet") {
    parts.push(await summary(options));
  }
  const traced = parts.some(({ trace }) => trace !== undefined);
  return {
    file(subject, report) {
      for (const part of parts) {
        part.file?.(subject, report);
      }
    },
    trace(locator, line) {
      for (const part of parts) {
        part.trace?.(locator, line);
      }
      if (!traced) {
        say(`${escapeText(locator)}: ${escapeText(line)}`);
      }
    },
    end(report, ending) {
      for (const part of parts) {
        part.end?.(report, ending);
      }
    },
  };
}

async function outputRenderer(
  output: Output,
  options: RendererOptions,
): Promise<Partial<Renderer>> {
  const write = options.writeTo(output);
  switch (output.format) {
    case "terminal":
      return options.annotate && output.file === undefined
        ? await annotatedRenderer(output, options, write)
        : await terminalRenderer(output, options, write);
    case "sarif":
      return await sarifRenderer(write);
    case "markdown": {
      const { writeMarkdownReport } = await import("../../reporters/markdown/markdown-report.ts");
      return atTheEnd(write, writeMarkdownReport);
    }
    default:
      return await jsonRenderer(output, options, write);
  }
}

async function terminalRenderer(
  { color }: Output,
  { settings, trees }: RendererOptions,
  write: Write,
): Promise<Renderer> {
  const { TerminalReport } = await import("../../reporters/terminal/terminal-report.ts");
  return new TerminalReport({ trees, write, color, verbosity: settings.verbosity });
}

/** Where the runner listens, only what is meant to be a command is one. */
async function annotatedRenderer(
  output: Output,
  options: RendererOptions,
  write: Write,
): Promise<Renderer> {
  const { writeAnnotations } = await import("../../reporters/github/annotations.ts");
  const { withoutCommands } = await import("../../reporters/github/workflow-text.ts");
  const report = await terminalRenderer(output, options, (text) => write(withoutCommands(text)));
  return {
    file: (subject, file) => report.file(subject, file),
    trace: (locator, line) => report.trace(locator, line),
    end(whole, ending) {
      report.end(whole, ending);
      writeAnnotations(whole, write);
    },
  };
}

async function jsonRenderer(
  { file }: Output,
  { settings, say }: RendererOptions,
  write: Write,
): Promise<Partial<Renderer>> {
  const { writeJsonReport } = await import("../../reporters/json/json-report.ts");
  const { jsonOutput } = await import("./json-output.ts");
  const placed = await jsonOutput({ file, quiet: settings.verbosity === "quiet", say });
  return atTheEnd(write, (report, piece, { tables }) => {
    writeJsonReport(placed(report, tables), piece);
  });
}

async function sarifRenderer(write: Write): Promise<Partial<Renderer>> {
  const { writeSarifReport } = await import("../../reporters/sarif/sarif-report.ts");
  const { ruleCatalogue } = await import("../../reporters/catalogue.ts");
  const { STATES } = await import("../../scan/states.ts");
  const rules = [...ruleCatalogue(), ...STATES];
  return atTheEnd(write, (report, piece, { exitCode, interrupted }) => {
    writeSarifReport(report, { rules, exitCode, interrupted, write: piece });
  });
}

/** A reporter that needs the whole report; its pieces are put together to larger ones. */
function atTheEnd(
  write: Write,
  writeReport: (report: Report, write: Write, ending: ScanEnding) => void,
): Partial<Renderer> {
  return {
    end(report, ending) {
      let pending: string[] = [];
      let length = 0;
      function flush(): void {
        write(pending.join(""));
        pending = [];
        length = 0;
      }
      writeReport(
        report,
        (text) => {
          pending.push(text);
          length += text.length;
          if (length >= BUFFERED) {
            flush();
          }
        },
        ending,
      );
      flush();
    },
  };
}

/** With all reports in files, the last line still goes to the user. */
async function summary({ say }: RendererOptions): Promise<Partial<Renderer>> {
  const { lastLine } = await import("../../reporters/terminal/last-line.ts");
  const { makeStyle } = await import("../../reporters/terminal/style.ts");
  return { end: (report, ending) => say(lastLine(report, ending, makeStyle(false))) };
}
