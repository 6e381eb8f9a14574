/** Where the outcome of a verification goes, and in which form. */

import { AppError } from "../../kernel/errors.ts";
import type { Report } from "../../kernel/report.ts";
import type { Verification } from "../../provenance/oms/verify.ts";
import type { Arguments } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import { exitCodeOf, OK } from "../exit-code.ts";
import { oneOf } from "../scan/one-of.ts";
import { openOutputFile } from "../scan/output-file.ts";
import type { Terminal } from "../terminal.ts";
import type { ModelTarget } from "./model-target.ts";

const FORMATS = ["terminal", "json", "sarif"] as const;

export interface VerificationOutcome {
  readonly model: ModelTarget;
  /** Where it was read from. */
  readonly signature: string | undefined;
  readonly verification: Verification;
  /** Globs, where not all files were compared. */
  readonly subset: readonly string[];
  /** Of the same files, where that was asked for. */
  readonly scan?: Report;
}

export interface VerificationReport {
  write(outcome: VerificationOutcome): void;
}

/** Throws `AppError` for a form that there is not, before anything is read. */
export async function openReport(
  given: Arguments,
  terminal: Terminal,
): Promise<VerificationReport> {
  const file = given.value("output");
  const asked = oneOf("--format", given.value("format"), FORMATS) ?? byName(file);
  if (given.has("quiet") && given.has("verbose")) {
    throw new AppError("USAGE", "--quiet and --verbose exclude each other");
  }
  const render = await renderer(asked, given, terminal, file !== undefined);
  return {
    write(outcome) {
      const text = render(outcome);
      if (file === undefined) {
        terminal.out.write(text);
        return;
      }
      const output = openOutputFile(file);
      output.write(text);
      output.finish();
    },
  };
}

function byName(file: string | undefined): (typeof FORMATS)[number] {
  if (file?.endsWith(".sarif") === true) {
    return "sarif";
  }
  return file?.endsWith(".json") === true ? "json" : "terminal";
}

async function renderer(
  format: (typeof FORMATS)[number],
  given: Arguments,
  terminal: Terminal,
  toFile: boolean,
): Promise<(outcome: VerificationOutcome) => string> {
  switch (format) {
    case "json": {
      const { verificationJson } = await import("./verification-json.ts");
      return verificationJson;
    }
    case "sarif": {
      const { verificationSarif } = await import("./verification-sarif.ts");
      return verificationSarif;
    }
    default: {
      const { verificationText } = await import("./verification-text.ts");
      const color = wantsColor(given.value("color"), terminal.out, toFile);
      const verbosity = given.has("verbose") ? "verbose" : "normal";
      return (outcome) =>
        given.has("quiet") && outcome.verification.verified && isHarmless(outcome)
          ? ""
          : verificationText(outcome, { color, isVerbose: verbosity === "verbose" });
    }
  }
}

function isHarmless({ scan }: VerificationOutcome): boolean {
  return scan === undefined || exitCodeOf(scan, "suspicious") === OK;
}
