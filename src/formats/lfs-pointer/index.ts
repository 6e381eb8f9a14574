/**
 * Pointers that git-LFS leaves where large files belong: the content was never downloaded. Specification:
 * https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
 */

import { Ledger } from "../../bytes/ledger.ts";
import { latin1, readRange } from "../../bytes/read.ts";
import { formatBytes } from "../../kernel/text.ts";
import type { Rule } from "../../kernel/rule.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { defineFormat } from "../format.ts";
import type { Parsed } from "../format.ts";

export interface LfsPointer {
  /** SHA-256 of the content, in hexadecimal digits. */
  readonly oid: string;
  /** Size of the content in bytes. */
  readonly size: number;
}

/** The specification's limit: a pointer is smaller than 1,024 bytes. */
const MAX_BYTES = 1024;

const VERSION =
  /^version https?:\/\/(?:git-lfs\.github\.com\/spec\/v1|hawser\.github\.com\/spec\/v1)\r?\n/;

function readPointer(bytes: Uint8Array): LfsPointer | undefined {
  const text = latin1(bytes);
  const oid = /^oid sha256:([0-9a-f]{64})\r?$/m.exec(text)?.[1];
  const size = /^size (\d{1,15})\r?$/m.exec(text)?.[1];
  return VERSION.test(text) && oid !== undefined && size !== undefined
    ? { oid, size: Number(size) }
    : undefined;
}

async function parse(source: RandomSource): Promise<Parsed<LfsPointer>> {
  const ledger = new Ledger(source.size);
  const pointer = readPointer(readRange(source, 0, MAX_BYTES));
  if (pointer !== undefined) {
    ledger.read(source.size);
    ledger.understood(0, source.size);
  }
  return {
    model: pointer ?? { oid: "", size: 0 },
    issues: [
      { kind: "unreadable", message: "the content is not here, only a git-LFS pointer to it" },
    ],
    ledger,
    children: [],
    ...(pointer === undefined ? {} : { facts: { lfs: { oid: pointer.oid, size: pointer.size } } }),
  };
}

const notHere: Rule<LfsPointer> = {
  id: "lfs/pointer",
  severity: "medium",
  confidence: "high",
  trigger: "load",
  implies: "incomplete",
  references: [],
  title: "A git-LFS pointer stands where the content belongs",
  help: `Git replaces large files by small pointers and git-LFS downloads what they point to. Here that has not
happened, so nothing could be scanned: the file itself is still to come.

Run \`git lfs install\` once and \`git lfs pull\` in the repository, or download the files with a tool that follows the
pointers, such as \`hf download\`. Then scan again.`,
  *evaluate({ oid, size }) {
    yield {
      message: `the content (${formatBytes(size)}) is not here: run \`git lfs pull\` in its repository, or download it another way, and scan again`,
      key: "pointer",
      data: { oid, size },
    };
  },
};

export const lfsPointer = defineFormat({
  id: "lfs-pointer",
  title: "git-LFS pointer",
  revision: 1,
  specification: [
    {
      title: "Git LFS specification",
      url: "https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md",
    },
  ],
  extensions: [],
  detect: (head, _tail, { size }) =>
    size < MAX_BYTES && readPointer(head) !== undefined ? "certain" : "none",
  parse,
  rules: [notHere],
});
