/**
 * What joblib 0.9 and older wrote for `compress`: `ZF`, the size of the content in hexadecimal, padded
 * to 19 characters, and a zlib stream. Current versions still read it. There is no specification; the
 * reference is `read_zfile` in joblib's `numpy_pickle_compat`.
 */

import { latin1, readRange } from "../../bytes/read.ts";
import { lazy } from "../../kernel/lazy.ts";
import { compressedRules } from "../compressed-rules.ts";
import type { CompressedModel } from "../compressed.ts";
import { defineFormat } from "../format.ts";
import type { Parsed } from "../format.ts";

const FIELD = 19;
const HEADER = 2 + FIELD;
/** As Python's `int(text, 16)` takes it. */
const NUMBER = /^\s*[+-]?(?:0x_?)?[0-9a-f]+(?:_[0-9a-f]+)*\s*$/i;
const SPACE = 0x20;

/** The size that the header states, and where the zlib stream begins. */
function readHeader(
  head: Uint8Array,
): { readonly size: number; readonly start: number } | undefined {
  const text = latin1(head, 0, HEADER);
  if (text.length < HEADER || !text.startsWith("ZF") || !NUMBER.test(text.slice(2))) {
    return undefined;
  }
  const digits = text.slice(2).replaceAll(/[_\s]|0x/gi, "");
  // Python 2 wrote one space more.
  return { size: Number.parseInt(digits, 16), start: head[HEADER] === SPACE ? HEADER + 1 : HEADER };
}

const look = lazy(() => import("../../codecs/deflate/is-zlib.ts"));

export const joblibZfile = defineFormat({
  id: "joblib-zfile",
  title: "joblib file of version 0.9 or older",
  revision: 1,
  specification: [
    {
      title: "joblib: Persistence, compatibility across versions",
      url: "https://joblib.readthedocs.io/en/stable/persistence.html",
    },
  ],
  extensions: [".joblib", ".z"],
  detect(head) {
    const header = readHeader(head);
    return header === undefined
      ? "none"
      : look().then(({ isZlib }) => isZlib(head.subarray(header.start)));
  },
  async parse(source, context): Promise<Parsed<CompressedModel>> {
    const header = readHeader(readRange(source, 0, HEADER + 1));
    const { parseCompressed } = await import("../compressed.ts");
    const { unzlib } = await import("../../codecs/deflate/unzlib.ts");
    const parsed = await parseCompressed(source, context, {
      title: "zlib",
      start: header?.start ?? 0,
      decode: unzlib,
    });
    const { output, end } = parsed.model;
    if (header === undefined || end.status !== "complete" || header.size === output) {
      return parsed;
    }
    const message = `the content has ${output} bytes, the header says ${header.size}, which joblib refuses`;
    return { ...parsed, issues: [...parsed.issues, { kind: "deviation", message, offset: 2 }] };
  },
  rules: compressedRules,
});
