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

/** Options of every command. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  { name: "color", value: "WHEN", help: "auto, always or never" },
  { name: "help", short: "h", help: "show this help" },
];
