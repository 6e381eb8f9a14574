/**
 * 7z archives. Encrypted members, and those packed by methods that models have no use for, are reported and not
 * read; the volumes of a split archive are not put together.
 */

import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";
import { findArchive } from "./detect.ts";

export const sevenzip = defineFormat({
  id: "sevenzip",
  title: "7z archive",
  revision: 1,
  specification: [
    { title: "7z Format description (7zFormat.txt)", url: "https://www.7-zip.org/sdk.html" },
  ],
  extensions: [".7z", ".001"],
  detect(head) {
    return findArchive(head) === undefined ? "none" : "certain";
  },
  parse: async (source, context) =>
    await (await import("./parse.ts")).parseSevenZip(source, context),
  rules: archiveRules,
});
