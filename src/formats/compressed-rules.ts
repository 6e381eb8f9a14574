/** What is to be said of compressed files, whatever they are compressed with. */

import type { Rule } from "../kernel/rule.ts";
import { formatBytes } from "../kernel/text.ts";
import type { CompressedModel } from "./compressed.ts";

/** Random weights hardly shrink, text shrinks ten times, tables of zeros a thousand times. */
const BOMB_RATIO = 100;
const BOMB_OUTPUT = 64 * 1024 * 1024;

const bomb: Rule<CompressedModel> = {
  id: "compressed/bomb",
  severity: "medium",
  confidence: "medium",
  trigger: "load",
  implies: "incomplete",
  references: ["CWE-409", "CWE-770", "CWE-400", "LLM10:2025", "modelaudit:S410"],
  title: "A small file unpacks to a very large one",
  help: `The content is more than a hundred times larger than the file, or it did not end before the limit on
unpacked bytes. Weights that were trained hardly shrink, so a model does not compress like this unless it is
almost empty. Whoever unpacks such a file fills memory or disk: loaders unpack without a limit, and a few
kilobytes are enough to stop a service that loads what users upload.

Where the limit was reached, the rest of the content was not read and the file is incomplete, never clean.

**What to do.** Ask where the file comes from and why it is this empty. If it is meant to be so large, raise the
limit (\`--limits outputBytes=…\`) and scan again, so that all of it is looked at.`,
  *evaluate({ title, size, output, stopped }) {
    const ratio = output / Math.max(1, size);
    if (!stopped && (ratio <= BOMB_RATIO || output <= BOMB_OUTPUT)) {
      return;
    }
    const unpacked = `${formatBytes(size)} of ${title} data unpack to`;
    yield {
      message: stopped
        ? `${unpacked} more than ${formatBytes(output)}, where the scan stopped`
        : `${unpacked} ${formatBytes(output)}, ${Math.round(ratio)} times as much`,
      key: stopped ? "stopped" : "ratio",
      implies: stopped ? "incomplete" : "none",
      data: { size, output },
    };
  },
};

const trailingData: Rule<CompressedModel> = {
  id: "compressed/trailing-data",
  severity: "low",
  confidence: "high",
  trigger: "load",
  implies: "none",
  references: ["CWE-436", "CWE-345", "AML.T0010.003"],
  title: "Something follows the compressed data",
  help: `The compressed data ends, and the file goes on with something that is not padding. Most readers ignore
what follows, some refuse the file, and a reader of another format that looks at the end of a file first (zip does)
takes the rest for the whole. Nothing that saves models writes such files; a payload that is to travel with a
harmless one does.

What follows was scanned by itself, as the child \`trailing\`, and counts for the verdict with what it is.

**What to do.** Look at what the child is said to be. Unpack the file and compress it again, which leaves the rest
behind, or fetch it from where it comes from.`,
  *evaluate({ title, trailing }) {
    if (trailing !== undefined) {
      const length = trailing.end - trailing.start;
      yield {
        message: `${formatBytes(length)} follow the ${title} data`,
        key: "trailing",
        offset: trailing.start,
        data: { bytes: length },
      };
    }
  },
};

export const compressedRules: readonly Rule<CompressedModel>[] = [bomb, trailingData];
