/** YAML 1.2, core schema, through the `yaml` package. Loaded only when there is a file to read. */

import { LineCounter, parseDocument } from "yaml";

import { AppError } from "../../kernel/errors.ts";

/** The document as plain values. Throws `AppError` CONFIG_INVALID with line and column. */
export function parseYaml(text: string, file: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem !== undefined) {
    const { line, col } = lineCounter.linePos(problem.pos[0]);
    throw new AppError("CONFIG_INVALID", `${file}:${line}:${col}: ${problem.message}`);
  }
  try {
    // An alias may repeat what it names; a configuration has no use for much of that.
    return document.toJS({ maxAliasCount: 10 });
  } catch (error) {
    throw new AppError("CONFIG_INVALID", `${file}: it repeats itself through too many aliases`, {
      cause: error,
    });
  }
}
