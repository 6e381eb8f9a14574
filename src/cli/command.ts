/** What a command of the program is. Its help is made from the same tables that its parser reads. */

import type { Terminal } from "./terminal.ts";

export interface OptionSpec {
  /** Without dashes. */
  readonly name: string;
  readonly short?: string;
  /** What the value is called in the help; a switch has none. */
  readonly value?: string;
  /** Words that may follow a switch after an equals sign. */
  readonly words?: readonly string[];
  readonly repeatable?: boolean;
  /** Lower case, no period. */
  readonly help: string;
}

export interface Example {
  readonly command: string;
  readonly help: string;
}

export interface CommandSpec {
  readonly name: string;
  /** What follows the name. */
  readonly usage: string;
  /** One sentence and, below it, what else has to be known. */
  readonly about: readonly string[];
  readonly options: readonly OptionSpec[];
  readonly examples: readonly Example[];
}

export interface Arguments {
  readonly positionals: readonly string[];
  has(option: string): boolean;
  /** The last value that was given. */
  value(option: string): string | undefined;
  values(option: string): readonly string[];
}

export interface Command extends CommandSpec {
  /** Gives the exit code. */
  run(given: Arguments, terminal: Terminal): Promise<number>;
}

/** What a name leads to: a command, or a group of them. Each is loaded when it is asked for, and then alone. */
export interface CommandEntry {
  /** A line, lower case, no period. */
  readonly summary: string;
  load(): Promise<Command | CommandGroup>;
}

/** Commands under a common first word, such as `log init` and `log add`. */
export interface CommandGroup {
  /** As it is called: `log`. Names of its commands start with it. */
  readonly name: string;
  /** One sentence and, below it, what else has to be known. */
  readonly about: readonly string[];
  readonly commands: Readonly<Record<string, CommandEntry>>;
  /** What runs where the first word is no command of the group: `verify MODEL` beside `verify key MODEL`. */
  readonly fallback?: () => Promise<Command>;
  readonly examples: readonly Example[];
}

/** Options of every command. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { name: "color", value: "WHEN", help: "auto, always or never" },
  { name: "help", short: "h", help: "show this help" },
];
