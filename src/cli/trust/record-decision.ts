/** A decision as an entry of a log: what was decided about which model, by which version of which policy. */

import type { Decision } from "../../provenance/trust/decision.ts";
import type { Evidence } from "../../provenance/trust/evidence.ts";
import type { Arguments } from "../command.ts";
import { logFolder } from "../log/log-work.ts";
import { decisionJson } from "./decision-json.ts";
import type { LoadedPolicy } from "./load-policy.ts";

/** Adds to the log of `--log`, where there is one. Throws `AppError`, and then the decision does not count. */
export async function recordDecision(
  given: Arguments,
  decision: Decision,
  { model: { digests } }: Evidence,
  { digest }: LoadedPolicy,
): Promise<void> {
  const folder = logFolder(given);
  if (folder === undefined) {
    return;
  }
  const { appendEvent } = await import("../log/append-event.ts");
  const subject = {
    name: decision.model,
    ...(digests.root === undefined ? {} : { omsRoot: digests.root }),
    ...(digests.dirHash1 === undefined ? {} : { dirHash1: digests.dirHash1 }),
  };
  const isAllowed = decision.effect === "allow" || decision.effect === "warn";
  const evidence = [
    {
      bytes: Buffer.from(decisionJson(decision, [])),
      mediaType: "application/json",
      predicateType: "weighbridge.trust-decision/v1",
    },
  ];
  const result = {
    decision: decision.effect,
    rule: decision.decidedBy.rule,
    policy: digest,
    policyVersion: decision.policy.version,
  };
  const changes = decision.events.map((event) => ({
    event: {
      type: "key-changed" as const,
      subject,
      result:
        event.kind === "pinned"
          ? { line: event.line, signer: event.signer }
          : { line: event.line, before: event.before, signer: event.signer },
    },
  }));
  await appendEvent(folder, [
    ...changes,
    { event: { type: isAllowed ? "admitted" : "quarantined", subject, result }, evidence },
  ]);
}
