/** `weighbridge trust lint`: mistakes in a policy, and what is odd in one without. */

import { escapeText } from "../../kernel/text.ts";
import { AppError } from "../../kernel/errors.ts";
import { lintPolicy } from "../../provenance/trust/lint.ts";
import { makeStyle } from "../../reporters/terminal/style.ts";
import type { Command } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import { FAILED, NOT_RUN, OK } from "../exit-code.ts";
import { readPublicKey } from "../provenance/read-keys.ts";
import { loadPolicy, PolicyMistakes } from "./load-policy.ts";
import type { LoadedPolicy } from "./load-policy.ts";
import { findPolicy, POLICY_FILE } from "./policy-place.ts";

export const lintCommand: Command = {
  name: "trust lint",
  usage: "[<file>] [options]",
  about: [
    `Reads a policy (default: ${POLICY_FILE} here), its keys, its signature and what it delegates, and says`,
    "what is wrong or odd. Exit codes: 0 usable, 1 would deny everything, 2 not readable.",
  ],
  options: [
    {
      name: "policy-key",
      value: "FILE",
      repeatable: true,
      help: "a public key that has to have signed the policy; repeatable",
    },
  ],
  examples: [{ command: "weighbridge trust lint weighbridge.trust.yaml", help: "one policy" }],
  async run(given, { out, err }) {
    const [named, ...more] = given.positionals;
    const path = findPolicy(named, undefined);
    if (path === undefined || more.length > 0) {
      throw new AppError("USAGE", "trust lint takes one policy", {
        hint: "weighbridge trust init writes one",
      });
    }
    const memory = { policies: {}, pins: {}, latest: 0 };
    const keys = given.values("policy-key").map(readPublicKey);
    let loaded: LoadedPolicy;
    try {
      loaded = loadPolicy({ path, keys, memory, now: Date.now() });
    } catch (error) {
      if (!(error instanceof PolicyMistakes)) {
        throw error;
      }
      for (const { message, hint } of error.mistakes) {
        err.write(
          `${escapeText(message)}\n${hint === undefined ? "" : `    ${escapeText(hint)}\n`}`,
        );
      }
      return NOT_RUN;
    }
    const style = makeStyle(wantsColor(given.value("color"), out));
    const found = reasonsOf(loaded);
    for (const { place, message, remedy, rule, effect } of found) {
      const where = `${place.document}:${place.line}: `;
      out.write(
        `${style.bold(escapeText(where))}${effect === "deny" ? "" : "note: "}${escapeText(message)} ${style.dim(`(${rule})`)}\n` +
          `    better: ${escapeText(remedy)}\n`,
      );
    }
    const { version, rules, authorities } = loaded.policy;
    out.write(
      `${escapeText(path)}: version ${version.value}, ${rules.length} rules, ${authorities.size} authorities\n`,
    );
    return await Promise.resolve(found.some(({ effect }) => effect === "deny") ? FAILED : OK);
  },
};

function reasonsOf({ accepted, policy, delegated }: LoadedPolicy): ReturnType<typeof lintPolicy> {
  return [...accepted.problems, ...lintPolicy(policy), ...delegated.flatMap(reasonsOf)];
}
