/** Runs a scan for the command line: settings, targets, engine, report, exit code. */

import { availableParallelism } from "node:os";

import { AppError } from "../../kernel/errors.ts";
import type { Report } from "../../kernel/report.ts";
import { escapeText } from "../../kernel/text.ts";
import type { Tree } from "../../kernel/tree.ts";
import type { ScanEvent } from "../../scan/events.ts";
import { now } from "../clock.ts";
import type { Arguments } from "../command.ts";
import { isDumbTerminal, isGitHubActions } from "../config/environment.ts";
import { exitCodeOf } from "../exit-code.ts";
import type { Terminal } from "../terminal.ts";
import { listenForInterruption } from "./interruption.ts";
import type { Interruption } from "./interruption.ts";
import type { OutputFile } from "./output-file.ts";
import type { Output } from "./outputs.ts";
import { NO_PROGRESS } from "./progress.ts";
import type { Progress } from "./progress.ts";
import { makeRenderer } from "./renderer.ts";
import type { Renderer } from "./renderer.ts";
import { readSettings } from "./settings.ts";
import type { ScanSettings } from "./settings.ts";
import { openTargets } from "./targets.ts";
import type { OpenedTargets } from "./targets.ts";

/** Ended by SIGINT, as a shell says it. */
const INTERRUPTED = 130;
/** Milliseconds after which the event loop gets its turn. */
const BREATH = 20;

/** Gives the exit code. Throws `AppError` where nothing could be scanned or the report not be written. */
export async function runScan(given: Arguments, terminal: Terminal): Promise<number> {
  const settings = await readSettings(given, terminal);
  const interruption = listenForInterruption(terminal.gone);
  const opened = await open(settings, interruption);
  if (opened === undefined) {
    return interruption.exitCode ?? INTERRUPTED;
  }
  const { trees, files } = opened;
  const progress = await makeProgress(settings, terminal);
  const spoken = await speech();
  const screen: Screen = {
    writeTo: ({ file }) => {
      const channel = file === undefined ? terminal.out : (files.get(file) ?? terminal.out);
      return (text) => {
        progress.clear();
        channel.write(text);
      };
    },
    say: (line) => {
      progress.clear();
      terminal.err.write(spoken(`${line}\n`));
    },
  };
  try {
    const code = await scanTrees({ settings, trees, screen, interruption, progress });
    for (const [path, file] of files) {
      file.finish();
      if (settings.verbosity !== "quiet") {
        screen.say(`report: ${escapeText(path)}`);
      }
    }
    return code;
  } catch (error) {
    progress.clear();
    if (
      interruption.exitCode !== undefined &&
      error instanceof AppError &&
      error.code === "ABORTED"
    ) {
      return interruption.exitCode;
    }
    throw error;
  } finally {
    discardAll(files);
    interruption.dispose();
    await opened.close();
  }
}

interface Opened {
  readonly trees: readonly Tree[];
  readonly files: ReadonlyMap<string, OutputFile>;
  close(): Promise<void>;
}

/** Targets, then the files for reports: nothing is written for what cannot be scanned. Nothing where the user gave up. */
async function open(
  settings: ScanSettings,
  interruption: Interruption,
): Promise<Opened | undefined> {
  const { targets, outputs, offline } = settings;
  const { full = false } = settings.scan;
  const { signal } = interruption;
  try {
    const { trees, close }: OpenedTargets = await openTargets(targets, { full, offline, signal });
    try {
      return { trees, files: await openFiles(outputs), close };
    } catch (error) {
      await close();
      throw error;
    }
  } catch (error) {
    interruption.dispose();
    if (error instanceof AppError && error.code === "ABORTED") {
      return undefined;
    }
    throw error;
  }
}

/** Where the reports and what is said beside them go. */
interface Screen {
  writeTo(output: Output): (text: string) => void;
  say(line: string): void;
}

interface Run {
  readonly settings: ScanSettings;
  readonly trees: readonly Tree[];
  readonly screen: Screen;
  readonly interruption: Interruption;
  readonly progress: Progress;
}

/** What may be said where the runner of GitHub Actions listens, which it does to both streams. */
async function speech(): Promise<(text: string) => string> {
  return isGitHubActions()
    ? (await import("../../reporters/github/workflow-text.ts")).withoutCommands
    : (text) => text;
}

/** By path. Throws `AppError` and leaves nothing behind where one of them cannot be written. */
async function openFiles(outputs: readonly Output[]): Promise<Map<string, OutputFile>> {
  const files = new Map<string, OutputFile>();
  try {
    for (const { file } of outputs) {
      if (file !== undefined) {
        const { openOutputFile } = await import("./output-file.ts");
        files.set(file, openOutputFile(file));
      }
    }
  } catch (error) {
    discardAll(files);
    throw error;
  }
  return files;
}

function discardAll(files: ReadonlyMap<string, OutputFile>): void {
  for (const file of files.values()) {
    file.discard();
  }
}

async function makeProgress({ progress }: ScanSettings, { err }: Terminal): Promise<Progress> {
  if (!progress || !err.isTty || isDumbTerminal()) {
    return NO_PROGRESS;
  }
  return (await import("./progress-line.ts")).progressLine(err, now);
}

async function scanTrees(run: Run): Promise<number> {
  const { settings, trees, screen, interruption } = run;
  const started = now();
  for (const note of settings.notes) {
    screen.say(`note: ${escapeText(note)}`);
  }
  const annotate = isGitHubActions();
  const renderer = await makeRenderer({ settings, trees, annotate, ...screen });
  const { scan } = await import("../../scan/scanner.ts");
  const events = scan(trees, {
    jobs: availableParallelism(),
    ...settings.scan,
    openPool: async (setup, size) => {
      const { openThreads } = await import("../../workers/open-threads.ts");
      return openThreads(setup, size);
    },
    signal: interruption.signal,
    ...(settings.trace
      ? { trace: (locator: string, line: string) => renderer.trace(locator, line) }
      : {}),
  });
  const follow = follower(run, renderer);
  const breathe = breather();
  for await (const event of events) {
    if (event.kind !== "report") {
      follow(event);
      await breathe();
      continue;
    }
    const { report, interrupted, tables } = event;
    const ended = interrupted ? interruption.exitCode : undefined;
    const exitCode = ended ?? exitCodeOf(report, settings.failOn);
    renderer.end(report, { milliseconds: now() - started, interrupted, exitCode, tables });
    if (ended !== undefined) {
      screen.say("interrupted: the report holds what was known so far");
    } else if (settings.log !== undefined) {
      await logScan(settings.log, report, screen);
    }
    return exitCode;
  }
  throw new Error("the scan ended without a report");
}

/** What was interrupted came to nothing, and is not logged. */
async function logScan(folder: string, report: Report, screen: Screen): Promise<void> {
  const { logWork } = await import("../log/log-work.ts");
  const { scanEvents } = await import("../log/scan-events.ts");
  const err = { write: (line: string) => screen.say(line.trimEnd()) };
  await logWork(folder, scanEvents(report), { err });
}

/**
 * Lets signals, timers and a reader's farewell in from time to time: files that are in memory at once
 * follow one another without ever giving way to them.
 */
function breather(): () => Promise<void> | undefined {
  let last = now();
  return () => {
    const time = now();
    if (time - last < BREATH) {
      return undefined;
    }
    last = time;
    return new Promise((resolve) => {
      setImmediate(resolve);
    });
  };
}

/** Passes events on to the report and to the progress line. */
function follower({ settings, screen, progress }: Run, renderer: Renderer) {
  const quiet = settings.verbosity === "quiet";
  return (event: Exclude<ScanEvent, { kind: "report" }>): void => {
    switch (event.kind) {
      case "plan":
        progress.plan(event.files, event.bytes);
        break;
      case "progress":
        progress.advance(event.file, event.bytes);
        break;
      case "note":
        if (!quiet) {
          screen.say(`note: ${escapeText(event.message)}`);
        }
        break;
      case "file": {
        const { path, size } = event.report;
        progress.finished(path, size);
        renderer.file(event.subject, event.report);
        break;
      }
    }
  };
}
