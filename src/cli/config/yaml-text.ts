/** YAML 1.2, core schema, through the `yaml` package. Loaded only when there is a file to read. */

import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { Document } from "yaml";

import { AppError } from "../../kernel/errors.ts";

/** A document and where its values stand. */
export interface PlacedYaml {
  readonly content: unknown;
  /** The line, from 1, of the value at a path; of what it would lie in, where there is none. */
  lineOf(path: readonly (string | number)[]): number;
}

/** The document as plain values. Throws `AppError` CONFIG_INVALID with line and column. */
export function parseYaml(text: string, file: string): unknown {
  return parsePlacedYaml(text, file).content;
}

/** The same, for documents whose lines are told later. */
export function parsePlacedYaml(text: string, file: string): PlacedYaml {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const { line, col } = lineCounter.linePos(problem.pos[0]);
    throw new AppError("CONFIG_INVALID", `${file}:${line}:${col}: ${problem.message}`);
  }
  try {
    // An alias may repeat what it names; a configuration has no use for much of that.
    const content: unknown = document.toJS({ maxAliasCount: 10 });
    return { content, lineOf: (path) => lineCounter.linePos(offsetOf(document, path)).line };
  } catch (error) {
    throw new AppError("CONFIG_INVALID", `${file}: it repeats itself through too many aliases`, {
      cause: error,
    });
  }
}

/** Of the key, for a member: its value may begin lines further down. */
function offsetOf(document: Document.Parsed, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const parent =
      length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const node = childAt(parent, path[length - 1]);
    if (isNode(node) && node.range) {
      return node.range[0];
    }
  }
  return document.contents?.range[0] ?? 0;
}

function childAt(parent: unknown, step: string | number | undefined): unknown {
  if (isMap(parent)) {
    return parent.items.find(({ key }) => isScalar(key) && key.value === step)?.key;
  }
  return isSeq(parent) && typeof step === "number" ? parent.items[step] : undefined;
}
