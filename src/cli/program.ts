/**
 * The command-line program, once the Node that runs it is known to be new enough: finds the command,
 * runs it, and turns expected failures into a sentence and an exit code. Nothing that one command
 * needs is loaded for another.
 */

import { AppError } from "../kernel/errors.ts";
import { escapeText } from "../kernel/text.ts";
import { COMMANDS } from "./commands.ts";
import type { CommandEntry } from "./commands.ts";
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
      return await help(rest[0], terminal);
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

async function help(name: string | undefined, terminal: Terminal): Promise<number> {
  const { programHelp, commandHelp } = await import("./help.ts");
  const entry = name === undefined ? undefined : commandNamed(name);
  if (name !== undefined && !name.startsWith("-") && entry === undefined) {
    throw await unknownCommand(name);
  }
  terminal.out.write(entry === undefined ? programHelp() : commandHelp(await entry.load()));
  return OK;
}

async function runCommand(
  name: string,
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  const entry = commandNamed(name);
  if (entry === undefined) {
    throw await unknownCommand(name);
  }
  const command = await entry.load();
  const { readArguments } = await import("./arguments.ts");
  const given = readArguments(command, args);
  if (given.has("help")) {
    const { commandHelp } = await import("./help.ts");
    terminal.out.write(commandHelp(command));
    return OK;
  }
  return await command.run(given, terminal);
}

async function unknownCommand(name: string): Promise<AppError> {
  const { didYouMean } = await import("./suggest.ts");
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
