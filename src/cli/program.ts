/**
 * The command-line program, once the Node that runs it is known to be new enough: finds the command,
 * runs it, and turns expected failures into a sentence and an exit code. Nothing that one command
 * needs is loaded for another.
 */

import { AppError } from "../kernel/errors.ts";
import { escapeText } from "../kernel/text.ts";
import type { Command, CommandEntry, CommandGroup } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { exitCodeOfError, NOT_RUN, OK, READER_GONE } from "./exit-code.ts";
import { processTerminal } from "./terminal.ts";
import type { Terminal } from "./terminal.ts";

/** Runs the program and gives its exit code. */
export async function run(
  argv: readonly string[],
  terminal: Terminal = processTerminal(),
): Promise<number> {
  try {
    const code = await dispatch(argv, terminal);
    await terminal.settled();
    terminal.gone.throwIfAborted();
    return code;
  } catch (error) {
    // What fails because nobody reads it any more has no other reason.
    const cause: unknown = terminal.gone.aborted ? terminal.gone.reason : error;
    if (cause instanceof AppError) {
      sayError(cause, terminal);
      return exitCodeOfError(cause);
    }
    if (terminal.gone.aborted) {
      return READER_GONE;
    }
    throw cause;
  }
}

async function dispatch(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = argv;
  switch (name) {
    case undefined:
      terminal.err.write((await import("./help.ts")).programHelp());
      return NOT_RUN;
    case "-h":
    case "--help":
    case "help":
      return await help(rest, terminal);
    case "-V":
    case "--version": {
      const { VERSION } = await import("../scan/version.ts");
      terminal.out.write(`${VERSION}\n`);
      return OK;
    }
    default:
      return await runCommand(name, rest, terminal);
  }
}

function commandNamed(name: string): CommandEntry | undefined {
  return Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
}

async function help(words: readonly string[], terminal: Terminal): Promise<number> {
  const { programHelp, helpOf } = await import("./help.ts");
  const [name, ...rest] = words.filter((word) => !word.startsWith("-"));
  if (name === undefined) {
    terminal.out.write(programHelp());
    return OK;
  }
  const found = await find(name, rest);
  terminal.out.write(await helpOf(found.loaded));
  return OK;
}

async function runCommand(
  name: string,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const { loaded: command, args: rest } = await find(name, args);
  if (!("run" in command)) {
    const { helpOf } = await import("./help.ts");
    const asked = rest.length > 0;
    (asked ? terminal.out : terminal.err).write(await helpOf(command));
    return asked ? OK : NOT_RUN;
  }
  const { readArguments } = await import("./arguments.ts");
  const given = readArguments(command, rest);
  if (given.has("help")) {
    const { commandHelp } = await import("./help.ts");
    terminal.out.write(commandHelp(command));
    return OK;
  }
  return await command.run(given, terminal);
}

/** Follows the first words to a command; to a group where help is asked for, or nothing more is said. */
async function find(
  name: string,
  args: readonly string[],
): Promise<{ readonly loaded: Command | CommandGroup; readonly args: readonly string[] }> {
  const entry = commandNamed(name);
  if (entry === undefined) {
    throw await unknownCommand(name);
  }
  const loaded = await entry.load();
  return "run" in loaded
    ? { loaded, args }
    : await (await import("./group.ts")).enterGroup(loaded, args);
}

async function unknownCommand(name: string): Promise<AppError> {
  const { didYouMean } = await import("../kernel/suggest.ts");
  const hint = "weighbridge --help";
  if (name.startsWith("-")) {
    const known = ["--help", "--version"];
    return new AppError("USAGE", `there is no option ${name}${didYouMean(name, known)}`, { hint });
  }
  const suggestion = didYouMean(name, Object.keys(COMMANDS));
  const { existsSync } = await import("node:fs");
  if (suggestion === "" && existsSync(name)) {
    return new AppError("USAGE", `${name} is no command; to scan it: weighbridge scan ${name}`);
  }
  return new AppError("USAGE", `there is no command ${name}${suggestion}`, { hint });
}

function sayError({ message, hint }: AppError, terminal: Terminal): void {
  terminal.err.write(`weighbridge: ${escapeText(message)}\n`);
  if (hint !== undefined) {
    terminal.err.write(`  ${escapeText(hint)}\n`);
  }
}
