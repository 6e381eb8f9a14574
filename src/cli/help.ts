/** Help, made from the tables of the commands. */

import { COMMANDS } from "./commands.ts";
import { columns } from "./columns.ts";
import { COMMON_OPTIONS } from "./command.ts";
import type { Command, CommandEntry, CommandGroup, CommandSpec, OptionSpec } from "./command.ts";

/** The help of the program. */
export function programHelp(): string {
  return `weighbridge: weighs an AI model that somebody else built before you load it.

Usage: weighbridge <command> [options]

Commands:
${summaries(COMMANDS)}
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

/** The help of a command or of a group of commands. */
export async function helpOf(loaded: Command | CommandGroup): Promise<string> {
  return "run" in loaded ? commandHelp(loaded) : await groupHelp(loaded);
}

async function groupHelp({
  name,
  about,
  commands,
  fallback,
  examples,
}: CommandGroup): Promise<string> {
  const direct = await fallback?.();
  const usages = [
    `Usage: weighbridge ${name} <command> [options]`,
    ...(direct === undefined ? [] : [`       weighbridge ${name} ${direct.usage}`.trimEnd()]),
  ];
  return paragraphs([
    usages.join("\n"),
    about.join("\n"),
    `Commands:\n${summaries(commands).trimEnd()}`,
    `Options${direct === undefined ? "" : " without a command"}:\n${options(direct?.options ?? [])}`,
    ...exampleLines([...examples, ...(direct?.examples ?? [])]),
    `weighbridge ${name} <command> --help says more.`,
  ]);
}

/** The help of one command. */
export function commandHelp(spec: CommandSpec): string {
  return paragraphs([
    `Usage: weighbridge ${spec.name} ${spec.usage}`.trimEnd(),
    spec.about.join("\n"),
    `Options:\n${options(spec.options)}`,
    ...exampleLines(spec.examples),
  ]);
}

function paragraphs(parts: readonly string[]): string {
  return `${parts.join("\n\n")}\n`;
}

function summaries(commands: Readonly<Record<string, CommandEntry>>): string {
  return columns(
    Object.entries(commands).map(([name, { summary }]) => [name, summary] as const),
    "  ",
  );
}

function options(specs: readonly OptionSpec[]): string {
  const rows = [...specs, ...COMMON_OPTIONS].map(
    (option) => [optionLabel(option), option.help] as const,
  );
  return columns(rows, "  ").trimEnd();
}

function exampleLines(examples: CommandSpec["examples"]): readonly string[] {
  const lines = examples.map(({ command, help }) => `  ${command}\n      ${help}`);
  return lines.length === 0 ? [] : [`Examples:\n${lines.join("\n")}`];
}

function optionLabel({ name, short, value, words }: OptionSpec): string {
  const inline = words === undefined ? "" : `[=${words.join("|")}]`;
  const long = value === undefined ? `--${name}${inline}` : `--${name} ${value}`;
  return short === undefined ? `    ${long}` : `-${short}, ${long}`;
}
