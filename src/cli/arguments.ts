/** Reads a command's arguments by its table of options. A mistake is one sentence with a suggestion. */

import { parseArgs } from "node:util";

import { AppError } from "../kernel/errors.ts";
import { COMMON_OPTIONS } from "./command.ts";
import type { Arguments, CommandSpec, OptionSpec } from "./command.ts";
import { didYouMean } from "../kernel/suggest.ts";

/** Throws `AppError` USAGE for options that the command does not have. */
export function readArguments(spec: CommandSpec, args: readonly string[]): Arguments {
  const specs = [...spec.options, ...COMMON_OPTIONS];
  const { tokens } = parseArgs({
    args: dashed(args),
    options: Object.fromEntries(specs.map((option) => [option.name, parserOption(option)])),
    strict: false,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") {
      positionals.push(token.value);
    } else if (token.kind === "option") {
      const option = specs.find(({ name }) => name === token.name);
      if (option === undefined) {
        throw unknownOption(spec, specs, token.rawName);
      }
      const value = checkedValue(spec, option, token);
      values.set(option.name, [...(values.get(option.name) ?? []), value]);
    }
  }
  return {
    positionals,
    has: (option) => values.has(option),
    value: (option) => values.get(option)?.at(-1),
    values: (option) => values.get(option) ?? [],
  };
}

/** `--ignore_paths` is `--ignore-paths`: the reference for signing models has its options in both ways. */
function dashed(args: readonly string[]): string[] {
  const end = args.indexOf("--");
  return args.map((arg, index) =>
    (end === -1 || index < end) && /^--[a-z]+_/.test(arg)
      ? arg.replace(/^[^=]+/, (name) => name.replaceAll("_", "-"))
      : arg,
  );
}

function parserOption({ short, value }: OptionSpec) {
  const type = value === undefined ? "boolean" : "string";
  return { type, multiple: true, ...(short === undefined ? {} : { short }) } as const;
}

interface OptionToken {
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function checkedValue(spec: CommandSpec, option: OptionSpec, token: OptionToken): string {
  const { rawName, value, inlineValue = false } = token;
  if (option.value === undefined) {
    if (value !== undefined && option.words?.includes(value) === true) {
      return value;
    }
    if (inlineValue && option.words !== undefined) {
      throw usage(spec, `${rawName}= takes ${option.words.join(", ")}, and not ${value ?? ""}`);
    }
    if (inlineValue) {
      throw usage(spec, `${rawName} takes no value`);
    }
    return "";
  }
  // `--output --trace` is a forgotten value, not a file called --trace.
  if (value === undefined || (!inlineValue && value.length > 1 && value.startsWith("-"))) {
    throw usage(spec, `${rawName} needs a value: ${rawName} ${option.value}`);
  }
  return value;
}

function unknownOption(spec: CommandSpec, specs: readonly OptionSpec[], given: string): AppError {
  const known = specs.map(({ name }) => `--${name}`);
  return usage(spec, `${spec.name} has no option ${given}${didYouMean(given, known)}`);
}

function usage(spec: CommandSpec, message: string): AppError {
  return new AppError("USAGE", message, { hint: `weighbridge ${spec.name} --help` });
}
