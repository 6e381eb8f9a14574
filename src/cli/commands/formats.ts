/** `weighbridge formats`: what is understood, from the registry that the scan itself uses. */

import type { FormatModule } from "../../formats/format.ts";
import { columns } from "../columns.ts";
import type { Command } from "../command.ts";
import { OK } from "../exit-code.ts";

export const formatsCommand: Command = {
  name: "formats",
  usage: "[options]",
  about: [
    "Lists the file formats that are understood. Content decides what a file is;",
    "the usual extensions are for people.",
  ],
  options: [
    { name: "verbose", short: "v", help: "also the specifications that the readers follow" },
  ],
  examples: [],
  async run(given, { out }) {
    const { FORMATS } = await import("../../formats/registry.ts");
    const read = FORMATS.filter(({ identifiesOnly }) => identifiesOnly !== true);
    const named = FORMATS.filter(({ identifiesOnly }) => identifiesOnly === true);
    const text = given.has("verbose") ? read.map(page).join("\n") : table(read);
    out.write(text);
    if (named.length > 0) {
      out.write(
        `\nRecognized by their first bytes, not looked into, and so unknown:\n${table(named)}`,
      );
    }
    return OK;
  },
};

function table(formats: readonly FormatModule[]): string {
  return columns(formats.map(({ id, title, extensions }) => [id, title, extensions.join(" ")]));
}

function page({ id, title, extensions, specification }: FormatModule): string {
  const links = specification.map((reference) => `  ${reference.title}\n  ${reference.url}\n`);
  return `${columns([[id, title, extensions.join(" ")]])}${links.join("")}`;
}
