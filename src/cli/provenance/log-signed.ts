/** Adds a signature to the log that the user keeps. */

import type { DigestedModel } from "../../provenance/oms/sign.ts";
import { logWork } from "../log/log-work.ts";
import { signedEvent } from "../log/model-events.ts";
import type { SignedModel } from "../log/model-events.ts";
import type { Terminal } from "../terminal.ts";

export interface LoggedSignature extends Pick<SignedModel, "name" | "bundle" | "actor"> {
  readonly digested: DigestedModel;
}

/** Throws `AppError`; the signature is written by then. */
export async function logSigned(
  folder: string,
  { digested, ...signed }: LoggedSignature,
  terminal: Terminal,
): Promise<void> {
  const { root, dirHash1, files } = digested;
  const event = signedEvent({
    ...signed,
    root,
    ...(dirHash1 === undefined ? {} : { dirHash1 }),
    files: files.length,
  });
  await logWork(folder, [event], terminal);
}
