/** `weighbridge attest template`: prints a predicate to be filled in. */

import { AppError } from "../../kernel/errors.ts";
import { attestationTemplate, TEMPLATE_NAMES } from "../../provenance/attestations/templates.ts";
import { jsonText } from "../../reporters/json/json-text.ts";
import type { Command } from "../command.ts";
import { OK } from "../exit-code.ts";
import { didYouMean } from "../../kernel/suggest.ts";

export const attestTemplateCommand: Command = {
  name: "attest template",
  usage: "<type>",
  about: [
    "Prints what a claim of a type has to say, as JSON to be filled in and given to --predicate.",
    `Types: ${TEMPLATE_NAMES.slice(0, 7).join(", ")},`,
    `${TEMPLATE_NAMES.slice(7).join(", ")}.`,
  ],
  options: [],
  examples: [
    { command: "weighbridge attest template test-result > result.json", help: "results of tests" },
  ],
  run(given, terminal) {
    const [name = "", ...others] = given.positionals;
    const template = attestationTemplate(name);
    if (template === undefined || others.length > 0) {
      const what = name === "" ? "attest template needs a type" : `there is no type ${name}`;
      throw new AppError("USAGE", `${what}${didYouMean(name, TEMPLATE_NAMES)}`, {
        hint: `types: ${TEMPLATE_NAMES.join(", ")}`,
      });
    }
    terminal.out.write(`${jsonText(template, 0)}\n`);
    return Promise.resolve(OK);
  },
};
