/** `verify MODEL` with a policy, and `trust explain MODEL`: gathers what there is, decides, reports, remembers. */

import { readFileSync, realpathSync } from "node:fs";

import { AppError } from "../../kernel/errors.ts";
import { decide } from "../../provenance/trust/decide.ts";
import type { Decision } from "../../provenance/trust/decision.ts";
import type { Evidence } from "../../provenance/trust/evidence.ts";
import type { Arguments, CommandSpec } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import { FAILED, OK } from "../exit-code.ts";
import { onlyModel, openModel } from "../provenance/model-target.ts";
import { readPublicKey } from "../provenance/read-keys.ts";
import { withWork } from "../provenance/work.ts";
import { oneOf } from "../scan/one-of.ts";
import type { Terminal } from "../terminal.ts";
import { decisionJson } from "./decision-json.ts";
import { decisionText } from "./decision-text.ts";
import { gatherEvidence } from "./gather-evidence.ts";
import { loadPolicy, rememberPolicy } from "./load-policy.ts";
import type { LoadedPolicy } from "./load-policy.ts";
import { memoryPlace, readMemory, writeMemory } from "./memory.ts";
import type { TrustMemory } from "./memory.ts";
import { findPolicy } from "./policy-place.ts";
import { recordDecision } from "./record-decision.ts";
import { checkSummary, writeSummary } from "./write-summary.ts";

const FORMATS = ["terminal", "json"] as const;

export interface DecisionRun {
  readonly spec: CommandSpec;
  /** Whether the decision counts: it is remembered, and recorded where that is asked for. */
  readonly counts: boolean;
}

/** Gives the exit code: 0 where the policy allows the model, 1 where it does not. */
export async function runDecision(
  given: Arguments,
  terminal: Terminal,
  { spec, counts }: DecisionRun,
): Promise<number> {
  const format = oneOf("--format", given.value("format"), FORMATS) ?? "terminal";
  const model = openModel(onlyModel(given, spec));
  const path = findPolicy(given.value("policy"), realpathSync(model.ref));
  if (path === undefined) {
    throw new AppError("USAGE", "there is no trust policy: --policy FILE", {
      hint: "weighbridge trust init writes one",
    });
  }
  checkSummary(given);
  const memoryFile = memoryPlace(given.value("memory"));
  const memory = readMemory(memoryFile);
  const now = Date.now();
  const keys = given.values("policy-key").map(readPublicKey);
  const loaded = loadPolicy({ path, keys, memory, now });
  return await withWork(given, terminal, async (work) => {
    const { evidence, problems } = await gatherEvidence(given, model, loaded, work, now);
    const pins = new Map(Object.entries(memory.pins));
    const decision = decide(loaded.accepted, evidence, { pins, latest: memory.latest });
    if (counts) {
      await recordDecision(given, decision, evidence, loaded);
      await writeSummary(given, spec, { decision, evidence, loaded, name: model.name });
      remember(memoryFile, memory, loaded, decision, evidence);
    }
    const isAllowed = decision.effect === "allow" || decision.effect === "warn";
    if (format === "json") {
      terminal.out.write(decisionJson(decision, problems));
    } else if (!given.has("quiet") || decision.effect !== "allow") {
      const color = wantsColor(given.value("color"), terminal.out);
      const shown = { decision, problems, lineText: linesOf(loaded) };
      terminal.out.write(decisionText(shown, color, given.has("verbose")));
    }
    return isAllowed ? OK : FAILED;
  });
}

function remember(
  file: string,
  memory: TrustMemory,
  loaded: LoadedPolicy,
  { events }: Decision,
  evidence: Evidence,
): void {
  const pins: Record<string, string> = { ...memory.pins };
  for (const event of events) {
    if (event.kind === "pinned") {
      pins[event.line] = event.signer;
    }
  }
  let { latest } = memory;
  for (const { time } of [...evidence.signatures, ...evidence.claims]) {
    latest = Math.max(latest, time === undefined ? 0 : Date.parse(time));
  }
  const next = { ...rememberPolicy(memory, loaded), pins, latest };
  // Where nothing is new nothing is written: the folder may be read-only in a build.
  if (JSON.stringify(next) !== JSON.stringify(memory)) {
    writeMemory(file, next);
  }
}

/** Lines of the policy and of those that it delegates to. */
function linesOf(loaded: LoadedPolicy): (document: string, line: number) => string | undefined {
  const paths = new Map<string, string>();
  const collect = ({ policy, path, delegated }: LoadedPolicy): void => {
    paths.set(policy.place.document, path);
    for (const each of delegated) {
      collect(each);
    }
  };
  collect(loaded);
  return (document, line) => {
    const path = paths.get(document);
    return path === undefined ? undefined : readFileSync(path, "utf8").split("\n")[line - 1];
  };
}
