/** `weighbridge log audit`. */

import { escapeText, quote } from "../../kernel/text.ts";
import { auditLog } from "../../provenance/log/audit.ts";
import type { Command } from "../command.ts";
import { FAILED, OK } from "../exit-code.ts";
import { countOf } from "./entry-line.ts";
import { JSON_OPTION, TRUST_OPTIONS } from "./options.ts";
import { newestCheckpoint, openPlace, policyFor, positionals } from "./place.ts";

export const auditCommand: Command = {
  name: "log audit",
  usage: "DIR|URL [options]",
  about: [
    "Derives the whole log again: every entry against its tile, every tile against the one above it,",
    "the top against the signed checkpoint. Of a folder, every file has to belong to the log, and",
    "evidence that is there has to be what was logged. Ends with 1 where something does not fit.",
  ],
  options: [...TRUST_OPTIONS, JSON_OPTION],
  examples: [{ command: "weighbridge log audit /srv/model-log", help: "reads every byte of it" }],
  async run(given, { out }) {
    const [place = ""] = positionals(given, "log audit", ["DIR|URL"]);
    const { source, close } = await openPlace(place);
    try {
      const policy = await policyFor(given, source);
      const { checkpoint, judgement } = await newestCheckpoint(source, policy);
      const result = await auditLog(source, checkpoint);
      const { origin, size } = checkpoint;
      const { problems, leftovers, evidence } = result;
      if (given.has("json")) {
        const witnesses = judgement.witnesses.map(({ key }) => key.name);
        const { quorum } = judgement;
        out.write(`${JSON.stringify({ origin, size, witnesses, quorum, ...result })}\n`);
      } else {
        for (const { path, message } of [...problems, ...leftovers]) {
          out.write(`${escapeText(path)}: ${escapeText(message)}\n`);
        }
        const verdict = problems.length === 0 ? "sound" : `${problems.length} problems`;
        const documents =
          "list" in source ? `, ${evidence.present} of ${evidence.named} documents there` : "";
        out.write(`${quote(origin)}: ${countOf(size)}, ${verdict}${documents}\n`);
        out.write(
          judgement.quorum ? "" : "the witnesses that the policy asks for have not cosigned\n",
        );
      }
      return problems.length === 0 && judgement.quorum ? OK : FAILED;
    } finally {
      await close();
    }
  },
};
