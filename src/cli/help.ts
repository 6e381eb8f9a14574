/** Help, made from the tables of the commands. */

import { COMMANDS } from "./commands.ts";
import { columns } from "./columns.ts";
import { COMMON_OPTIONS } from "./command.ts";
import type { CommandSpec, OptionSpec } from "./command.ts";

/** The help of the program. */
export function programHelp(): string {
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => [name, summary] as const);
  return `weighbridge: weighs an AI model that somebody else built before you load it.

Usage: weighbridge <command> [options]

Commands:
${columns(rows, "  ")}
Options:
${columns(
  [
    ["-h, --help", "show help; weighbridge <command> --help says more"],
    ["-V, --version", "show the version"],
  ],
  "  ",
)}
Examples:
  weighbridge scan model.pkl
  weighbridge scan ~/.cache/huggingface/hub --format json --output report.json
  weighbridge demo
`;
}

/** The help of one command. */
export function commandHelp(spec: CommandSpec): string {
  const options = [...spec.options, ...COMMON_OPTIONS].map(
    (option) => [optionLabel(option), option.help] as const,
  );
  const examples = spec.examples.map(({ command, help }) => `  ${command}\n      ${help}`);
  return [
    `Usage: weighbridge ${spec.name} ${spec.usage}`.trimEnd(),
    spec.about.join("\n"),
    `Options:\n${columns(options, "  ").trimEnd()}`,
    ...(examples.length === 0 ? [] : [`Examples:\n${examples.join("\n")}`]),
  ]
    .join("\n\n")
    .concat("\n");
}

function optionLabel({ name, short, value, words }: OptionSpec): string {
  const inline = words === undefined ? "" : `[=${words.join("|")}]`;
  const long = value === undefined ? `--${name}${inline}` : `--${name} ${value}`;
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}
