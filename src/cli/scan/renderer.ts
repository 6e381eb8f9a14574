/** The report that the user asked for, and where it goes. Only its own reporter is loaded. */

import type { FileReport, Report } from "../../kernel/report.ts";
import { escapeText } from "../../kernel/text.ts";
import type { Tree } from "../../kernel/tree.ts";
import type { Ending } from "../../reporters/terminal/last-line.ts";
import type { ScanSettings } from "./settings.ts";

/** Many small pieces make few system calls. */
const BUFFERED = 64 * 1024;

export interface Renderer {
  file(subject: string, report: FileReport): void;
  trace(locator: string, line: string): void;
  end(report: Report, ending: Ending): void;
}

export interface RendererOptions {
  readonly settings: ScanSettings;
  readonly trees: readonly Tree[];
  /** Receives the report. */
  readonly write: (text: string) => void;
  /** Says a line to the user, beside the report. */
  readonly say: (line: string) => void;
}

/** Makes the renderer for `--format`. */
export async function makeRenderer(options: RendererOptions): Promise<Renderer> {
  const { settings } = options;
  const renderer =
    settings.format === "json" ? await jsonRenderer(options) : await terminalRenderer(options);
  return settings.output === undefined || settings.verbosity === "quiet"
    ? renderer
    : await withSummary(renderer, options);
}

async function terminalRenderer({ settings, trees, write }: RendererOptions): Promise<Renderer> {
  const { TerminalReport } = await import("../../reporters/terminal/terminal-report.ts");
  const { color, verbosity } = settings;
  return new TerminalReport({ trees, write, color, verbosity });
}

async function jsonRenderer({ write, say }: RendererOptions): Promise<Renderer> {
  const { writeJsonReport } = await import("../../reporters/json/json-report.ts");
  return {
    file: () => undefined,
    trace: (locator, line) => say(`${escapeText(locator)}: ${escapeText(line)}`),
    end(report) {
      let pending: string[] = [];
      let length = 0;
      function flush(): void {
        write(pending.join(""));
        pending = [];
        length = 0;
      }
      writeJsonReport(report, (text) => {
        pending.push(text);
        length += text.length;
        if (length >= BUFFERED) {
          flush();
        }
      });
      flush();
    },
  };
}

/** With the report in a file, the last line still goes to the user. */
async function withSummary(renderer: Renderer, { say }: RendererOptions): Promise<Renderer> {
  const { lastLine } = await import("../../reporters/terminal/last-line.ts");
  const { makeStyle } = await import("../../reporters/terminal/style.ts");
  return {
    file: (subject, report) => renderer.file(subject, report),
    trace: (locator, line) => renderer.trace(locator, line),
    end(report, ending) {
      renderer.end(report, ending);
      say(lastLine(report, ending, makeStyle(false)));
    },
  };
}
