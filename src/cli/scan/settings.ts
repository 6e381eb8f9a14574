/** What a scan was asked to do: the command line, over the configuration, over the defaults. */

import { AppError } from "../../kernel/errors.ts";
import type { ScanOptions } from "../../scan/events.ts";
import { today } from "../clock.ts";
import type { Arguments } from "../command.ts";
import { loadConfig } from "../config/load.ts";
import { readLimits } from "../config/sizes.ts";
import { FAIL_ON } from "../exit-code.ts";
import type { FailOn } from "../exit-code.ts";
import type { Terminal } from "../terminal.ts";
import { openCache } from "./cache.ts";
import { oneOf } from "./one-of.ts";
import { logFolder } from "../log/log-work.ts";
import { readOutputs } from "./outputs.ts";
import type { Output } from "./outputs.ts";

const MAX_JOBS = 256;

export interface ScanSettings {
  readonly targets: readonly string[];
  readonly outputs: readonly Output[];
  readonly failOn: FailOn;
  readonly verbosity: "quiet" | "normal" | "verbose";
  readonly progress: boolean;
  readonly trace: boolean;
  /** The folder of a log that is told what came of it. */
  readonly log: string | undefined;
  /** Whether the network is not to be used. */
  readonly offline: boolean;
  readonly scan: ScanOptions;
  /** For standard error, before the scan. */
  readonly notes: readonly string[];
}

/** Throws `AppError` for what cannot be done. */
export async function readSettings(given: Arguments, terminal: Terminal): Promise<ScanSettings> {
  const targets = given.positionals;
  if (targets.length === 0) {
    throw new AppError(
      "USAGE",
      "scan needs a target: a file, a folder, hf:org/name, an address, or - for standard input",
      {
        hint: "weighbridge scan --help",
      },
    );
  }
  if (targets.filter((target) => target === "-").length > 1) {
    throw new AppError("USAGE", "standard input can be scanned once");
  }
  if (given.has("quick") && given.has("full")) {
    throw new AppError("USAGE", "--quick and --full exclude each other");
  }
  const named = given.value("config");
  const trust = given.has("trust-config");
  if (trust && named !== undefined) {
    throw new AppError("USAGE", "--config names the file, so there is nothing for --trust-config");
  }
  const { config, found, note } = await loadConfig({ named, trust, targets });
  const cache = await openCache(given, targets);
  const quiet = given.has("quiet");
  const outputs = readOutputs(given, terminal);
  // A report for people on the screen says it as well.
  const told = outputs.some(({ format, file }) => format === "terminal" && file === undefined);
  return {
    targets,
    outputs,
    failOn: oneOf("--fail-on", given.value("fail-on"), FAIL_ON) ?? config.failOn ?? "suspicious",
    verbosity: readVerbosity(quiet, given.has("verbose")),
    progress: !quiet && !given.has("no-progress"),
    trace: given.has("trace"),
    offline: given.has("offline"),
    log: logFolder(given),
    notes: note === undefined || quiet || told ? [] : [note],
    scan: {
      include: orElse(given.values("include"), config.include),
      exclude: orElse(given.values("exclude"), config.exclude),
      limits: { ...config.limits, ...readLimits(given.values("limits")) },
      knownNames: config.knownNames ?? [],
      suppressions: config.suppressions ?? [],
      today: today(),
      configurations: found,
      requireWeightsOnly: given.has("require-weights-only"),
      quick: given.has("quick"),
      full: given.has("full"),
      ...(cache === undefined ? {} : { cache }),
      ...readJobs(given.value("jobs")),
    },
  };
}

function readVerbosity(quiet: boolean, verbose: boolean): ScanSettings["verbosity"] {
  if (quiet && verbose) {
    throw new AppError("USAGE", "--quiet and --verbose exclude each other");
  }
  if (quiet) {
    return "quiet";
  }
  return verbose ? "verbose" : "normal";
}

function readJobs(given: string | undefined): Pick<ScanOptions, "jobs"> {
  if (given === undefined) {
    return {};
  }
  const jobs = Number(given);
  if (!Number.isInteger(jobs) || jobs < 1 || jobs > MAX_JOBS) {
    throw new AppError("USAGE", `--jobs is a number from 1 to ${MAX_JOBS}, and not ${given}`);
  }
  return { jobs };
}

/** A list on the command line replaces the one in the configuration. */
function orElse(
  given: readonly string[],
  configured: readonly string[] | undefined,
): readonly string[] {
  return given.length > 0 ? given : (configured ?? []);
}
