/** Finds the command of a group that words ask for, and says what was probably meant where there is none. */

import { AppError } from "../kernel/errors.ts";
import type { Command, CommandGroup } from "./command.ts";

export interface Entered {
  /** The group itself where its help is asked for, or where nothing is said at all. */
  readonly loaded: Command | CommandGroup;
  /** What is left for it. */
  readonly args: readonly string[];
}

/** Throws `AppError` USAGE where no command of the group is meant, and the group does nothing by itself. */
export async function enterGroup(group: CommandGroup, args: readonly string[]): Promise<Entered> {
  const [word, ...rest] = args;
  if (word === undefined || word === "--help" || word === "-h" || word === "help") {
    return await helpFor(group, word, rest);
  }
  const entry = Object.hasOwn(group.commands, word) ? group.commands[word] : undefined;
  if (entry !== undefined) {
    const loaded = await entry.load();
    return "run" in loaded ? { loaded, args: rest } : await enterGroup(loaded, rest);
  }
  if (group.fallback !== undefined && !(await isMistake(group, word))) {
    return { loaded: await group.fallback(), args };
  }
  throw await unknownWord(group, word);
}

async function helpFor(
  group: CommandGroup,
  word: string | undefined,
  rest: readonly string[],
): Promise<Entered> {
  const [about] = rest;
  return word === "help" && about !== undefined && !about.startsWith("-")
    ? { loaded: (await enterGroup(group, [about, "--help"])).loaded, args: ["--help"] }
    : { loaded: group, args: word === undefined ? [] : ["--help"] };
}

/** A word that is nearly a command is taken for a file only where there is such a file. */
async function isMistake(group: CommandGroup, word: string): Promise<boolean> {
  const { nearest } = await import("../kernel/suggest.ts");
  if (word.startsWith("-") || nearest(word, Object.keys(group.commands)) === undefined) {
    return false;
  }
  const { existsSync } = await import("node:fs");
  return !existsSync(word);
}

async function unknownWord(group: CommandGroup, word: string): Promise<AppError> {
  const { didYouMean } = await import("../kernel/suggest.ts");
  const isOption = word.startsWith("-");
  const known = isOption ? ["--help"] : Object.keys(group.commands);
  const what = isOption ? `${group.name} has no option` : `there is no command ${group.name}`;
  return new AppError("USAGE", `${what} ${word}${didYouMean(word, known)}`, {
    hint: `weighbridge ${group.name} --help`,
  });
}
