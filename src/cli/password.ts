/**
 * Passwords from people and from programs. On a terminal nothing that is typed is shown, and the terminal is as it
 * was before however the question ends: answered, Ctrl-C, or a stream that closes.
 */

import { AppError } from "../kernel/errors.ts";

/** As much of a stream as this uses; `process.stdin` unless a test brings its own. */
export interface PasswordInput extends AsyncIterable<unknown> {
  readonly isTTY?: boolean;
  setRawMode?(on: boolean): unknown;
  setEncoding(encoding: "utf8"): unknown;
  on(event: "data", listener: (text: string) => void): unknown;
  on(event: "end", listener: () => void): unknown;
  off(event: "data", listener: (text: string) => void): unknown;
  off(event: "end", listener: () => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

export interface PromptOptions {
  /** Asks twice, for a password that is being chosen. */
  readonly confirm?: boolean;
  readonly input?: PasswordInput;
  /** Where the question goes; standard error, so that output can be piped. */
  readonly write?: (text: string) => void;
}

const LONGEST = 4096;

/** Whether somebody can be asked. */
export function canPrompt(input: PasswordInput = process.stdin): boolean {
  return input.isTTY === true && input.setRawMode !== undefined;
}

/** Throws `AppError` ABORTED for Ctrl-C, and USAGE where nobody can be asked or the two answers differ. */
export async function promptPassword(
  question: string,
  options: PromptOptions = {},
): Promise<string> {
  const { confirm = false, input = process.stdin } = options;
  const write = options.write ?? ((text) => void process.stderr.write(text));
  if (!canPrompt(input)) {
    throw new AppError("USAGE", "there is no terminal to ask for a password", {
      hint: "… | weighbridge … --password-stdin",
    });
  }
  const password = await ask(question, input, write);
  if (confirm && (await ask(`${question} once more`, input, write)) !== password) {
    throw new AppError("USAGE", "the two passwords are not the same");
  }
  return password;
}

/** All of standard input without the line break at its end. Throws `AppError` USAGE where it is no password. */
export async function passwordFromInput(input: PasswordInput = process.stdin): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk as Uint8Array | string);
    chunks.push(bytes);
    length += bytes.length;
    if (length > LONGEST) {
      throw new AppError("USAGE", "what comes on standard input is too long for a password");
    }
  }
  const password = Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n$/, "");
  if (password === "" || password.includes("\n")) {
    const what = password === "" ? "nothing" : "more than one line";
    throw new AppError("USAGE", `${what} comes on standard input, where the password should be`);
  }
  return password;
}

function ask(
  question: string,
  input: PasswordInput,
  write: (text: string) => void,
): Promise<string> {
  return new Promise((resolve, reject) => {
    let typed: readonly string[] = [];
    function end(finish: () => void): void {
      input.off("data", onData);
      input.off("end", onEnd);
      input.setRawMode?.(false);
      input.pause();
      write("\n");
      finish();
    }
    function onEnd(): void {
      end(() => reject(new AppError("ABORTED", "interrupted")));
    }
    function onData(text: string): void {
      // A paste comes in one piece, and what follows its line break is not part of the password.
      for (const character of text) {
        const outcome = press(character, typed);
        if (outcome === "done") {
          return end(() => resolve(typed.join("")));
        }
        if (outcome === "interrupted") {
          return onEnd();
        }
        typed = outcome;
      }
    }
    write(`${question}: `);
    input.setRawMode?.(true);
    input.setEncoding("utf8");
    input.on("data", onData);
    input.on("end", onEnd);
    input.resume();
  });
}

/** What a key makes of what was typed so far. */
function press(
  character: string,
  typed: readonly string[],
): readonly string[] | "done" | "interrupted" {
  switch (character) {
    case "\r":
    case "\n":
      return "done";
    case "\u0003":
    case "\u0004":
      return "interrupted";
    case "\u007f":
    case "\b":
      return typed.slice(0, -1);
    case "\u0015":
      return [];
    default:
      return character < " " || typed.length >= LONGEST ? typed : [...typed, character];
  }
}
