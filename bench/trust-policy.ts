/** A trust policy of 1,000 rules over 10,000 claims: the last rule decides, and every claim is asked its condition. */

import { decide } from "../src/provenance/trust/decide.ts";
import {
  accepted,
  claim,
  evidence,
  HEAD,
  hex,
  keyOf,
  NOTHING_KEPT,
  policyOf,
  SCAN,
} from "../test/builders/trust.ts";
import type { Bench, Row } from "./bench.ts";
import { median } from "./measure.ts";

const RULES = 1000;
const CLAIMS = 10_000;

/** Rules about other models, and at last the one that asks all claims. */
function policy() {
  const others = Array.from(
    { length: RULES - 1 },
    (_, index) =>
      `  - { match: "hf:team-${index}/*-*-*", require: { signature: { threshold: 2, of: [hsm, laptop] } } }\n`,
  );
  const last = `  - match: "hf:**"
    require:
      attestations:
        - type: ${SCAN}
          by: scanner
          every: true
          where: "predicate.verdict == 'clean' && predicate.findings.all(f, f.severity != 'high')"
`;
  return policyOf(`rules:\n${others.join("")}${last}`, HEAD);
}

function claims() {
  const findings = Array.from({ length: 5 }, (_, index) => ({
    rule: `family/rule-${index}`,
    severity: "low",
  }));
  return Array.from({ length: CLAIMS }, (_, index) =>
    claim(keyOf("scanner"), { verdict: "clean", findings }, { digest: hex(String(index)) }),
  );
}

export const trustPolicy: Bench = {
  name: "trust-policy",
  run({ runs }): Promise<Row[]> {
    const ready = accepted(policy());
    const given = evidence({ claims: claims() });
    const times = Array.from({ length: runs + 1 }, () => {
      const start = process.cpuUsage();
      const { effect, used } = decide(ready, given, NOTHING_KEPT);
      if (effect !== "allow" || used.length !== CLAIMS) {
        throw new Error("the policy decided something else");
      }
      const { user, system } = process.cpuUsage(start);
      return (user + system) / 1000;
    });
    const value = median(times.slice(1));
    return Promise.resolve([
      {
        work: "trust policy",
        measured: `a decision by ${RULES} rules over ${CLAIMS} claims`,
        reference: `processor time, the first one ${(times[0] ?? 0).toFixed(0)} ms`,
        value,
        target: { kind: "at most", value: 200, unit: "ms" },
      },
    ]);
  },
};
