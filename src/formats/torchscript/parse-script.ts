/** The archive and its code: which files there are, and what is remarkable in them. */

import { latin1, readRange, utf8 } from "../../bytes/read.ts";
import { disassemble } from "../../codecs/pickle/disassemble.ts";
import type { RandomSource } from "../../kernel/source.ts";
import type { Child, ParseContext, Parsed } from "../format.ts";
import { parseTorchZip, withoutRoot } from "../torch-zip.ts";
import type { TorchZipModel } from "../torch-zip.ts";
import { readCode } from "./read-code.ts";
import type { CodeRemark } from "./read-code.ts";

/** One source file of the archive. */
export interface ScriptFile {
  readonly name: string;
  readonly size: number;
  /** Classes of it rebuild themselves while the file is loaded. */
  readonly hasSetState: boolean;
  readonly remarks: readonly CodeRemark[];
}

export interface TorchScriptModel extends TorchZipModel {
  readonly code: readonly ScriptFile[];
}

/** Source that is looked over, in bytes a file. */
const LONGEST_SOURCE = 4 * 1024 * 1024;
/** Instructions of byte code that are looked at. */
const MOST_INSTRUCTIONS = 2 ** 21;
/** Operators of byte code that open files. */
const FILE_OPERATORS: ReadonlySet<string> = new Set([
  "aten::from_file",
  "aten::load",
  "aten::save",
]);
const LONGEST_OPERATOR = 15;

/** Reads the archive and looks over its code. */
export async function parseScript(
  source: RandomSource,
  context: ParseContext,
): Promise<Parsed<TorchScriptModel>> {
  const parsed = await parseTorchZip(source, context);
  const code: ScriptFile[] = [];
  for (const child of parsed.children) {
    const inside = withoutRoot(child.name) ?? "";
    if (inside.startsWith("code/") && !inside.endsWith(".debug_pkl")) {
      code.push(await readScript(child, context));
    } else if (inside === "bytecode.pkl") {
      const remarks = await readByteCode(child, context);
      if (remarks.length > 0) {
        code.push({ name: child.name, size: child.size ?? 0, hasSetState: false, remarks });
      }
    }
  }
  return { ...parsed, model: { ...parsed.model, code } };
}

async function readScript(child: Child, context: ParseContext): Promise<ScriptFile> {
  const text = utf8(await headOf(child, LONGEST_SOURCE, context));
  return {
    name: child.name,
    size: child.size ?? text.length,
    hasSetState: /^[ \t]*def[ \t]+__setstate__\b/m.test(text),
    remarks: readCode(text),
  };
}

/** Byte code is a pickle in which operators stand by name. */
async function readByteCode(child: Child, { governor }: ParseContext): Promise<CodeRemark[]> {
  const { source } = await child.open(governor);
  try {
    const found = new Set<string>();
    let count = 0;
    for (const { operand } of disassemble(source, 0)) {
      count += 1;
      if (count > MOST_INSTRUCTIONS) {
        break;
      }
      if (operand.kind === "range" && operand.end - operand.start <= LONGEST_OPERATOR) {
        const text = latin1(readRange(source, operand.start, operand.end));
        if (FILE_OPERATORS.has(text)) {
          found.add(text);
        }
      }
    }
    return [...found].map((text) => ({ kind: "file-operation", text, line: 1 }));
  } finally {
    source.close?.();
  }
}

async function headOf(
  child: Child,
  limit: number,
  { governor }: ParseContext,
): Promise<Uint8Array> {
  const { source } = await child.open(governor);
  try {
    return readRange(source, 0, limit);
  } finally {
    source.close?.();
  }
}
