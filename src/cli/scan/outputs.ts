/** Which reports were asked for, and where each of them goes: `--format` and `--output`. */

import { AppError } from "../../kernel/errors.ts";
import type { Arguments } from "../command.ts";
import { wantsColor } from "../config/environment.ts";
import type { Terminal } from "../terminal.ts";
import { oneOf } from "./one-of.ts";

const FORMATS = ["terminal", "json", "sarif", "markdown"] as const;

type Format = (typeof FORMATS)[number];

export interface Output {
  readonly format: Format;
  /** Standard output without one. */
  readonly file: string | undefined;
  readonly color: boolean;
}

/** By the end of a file's name, where the user names no format. */
const BY_NAME: readonly (readonly [end: string, format: Format])[] = [
  [".sarif", "sarif"],
  [".sarif.json", "sarif"],
  [".json", "json"],
  [".md", "markdown"],
];

/**
 * A report in `FORMAT=FILE` is one more. A FILE without a format is where the one goes that otherwise went to
 * standard output.
 */
export function readOutputs(given: Arguments, terminal: Terminal): Output[] {
  const asked = oneOf("--format", given.value("format"), FORMATS);
  const color = given.value("color");
  function output(format: Format, name: string): Output {
    const file = name === "-" ? undefined : name;
    return { format, file, color: wantsColor(color, terminal.out, file !== undefined) };
  }
  const values = given.values("output").map((value) => ({ value, format: prefixOf(value) }));
  const outputs = values.map(({ value, format }) =>
    format === undefined
      ? output(asked ?? formatByName(value), value)
      : output(format, value.slice(format.length + 1)),
  );
  const plain = values.some(({ format }) => format === undefined);
  const all =
    plain || outputs.some(({ file }) => file === undefined)
      ? outputs
      : [output(asked ?? "terminal", "-"), ...outputs];
  checkPlaces(all);
  return all;
}

/** The format that `FORMAT=FILE` starts with. Any other file may have an equals sign in its name. */
function prefixOf(value: string): Format | undefined {
  return FORMATS.find((format) => value.startsWith(`${format}=`));
}

function formatByName(file: string): Format {
  const name = file.toLowerCase();
  return BY_NAME.find(([end]) => name.endsWith(end))?.[1] ?? "terminal";
}

function checkPlaces(outputs: readonly Output[]): void {
  const seen = new Set<string>();
  for (const { file = "-" } of outputs) {
    if (file === "") {
      throw new AppError("USAGE", "--output FORMAT=FILE needs a file", {
        hint: "weighbridge scan --help",
      });
    }
    if (seen.has(file)) {
      const place = file === "-" ? "standard output" : file;
      throw new AppError("USAGE", `two reports cannot both go to ${place}`);
    }
    seen.add(file);
  }
}
