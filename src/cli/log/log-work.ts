/** `--log DIR` of commands that do something with models: what they did, as an entry of a log. */

import { statSync } from "node:fs";
import { join } from "node:path";

import { AppError } from "../../kernel/errors.ts";
import { escapeText } from "../../kernel/text.ts";
import type { Arguments } from "../command.ts";
import type { Terminal } from "../terminal.ts";
import type { EventWithEvidence } from "./append-event.ts";

/** The log that the user names. Throws `AppError` USAGE where it is none, before any work is done for nothing. */
export function logFolder(given: Arguments): string | undefined {
  const folder = given.value("log");
  const checkpoint = folder === undefined ? undefined : join(folder, "checkpoint");
  if (
    checkpoint !== undefined &&
    statSync(checkpoint, { throwIfNoEntry: false })?.isFile() !== true
  ) {
    throw new AppError("USAGE", `--log ${folder ?? ""}: there is no log`, {
      hint: "weighbridge log init begins one",
    });
  }
  return folder;
}

/** Adds the entries, and says where they are. Throws `AppError`, and then nothing was added. */
export async function logWork(
  folder: string,
  events: readonly EventWithEvidence[],
  { err }: { readonly err: Pick<Terminal["err"], "write"> },
): Promise<void> {
  const { appendEvent } = await import("./append-event.ts");
  const { appended } = await appendEvent(folder, events);
  const indices = appended.map(({ index }) => index).join(", ");
  const what = appended.length === 1 ? "entry" : "entries";
  err.write(`logged: ${what} ${indices} of ${escapeText(folder)}\n`);
}
