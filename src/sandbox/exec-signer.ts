/**
 * A signer that is another program, for keys that never leave a token, an HSM or a cloud. `COMMAND` gets the bytes to
 * sign on standard input and puts an ECDSA signature in DER on standard output; `COMMAND pubkey` puts the public key
 * there, as PEM or DER. Both end with 0. What they say on standard error goes to the user.
 */

import { spawn } from "node:child_process";
import { createPublicKey } from "node:crypto";

import { AppError } from "../kernel/errors.ts";
import type { Signer } from "../kernel/signer.ts";

/** A public key in PEM and a signature are far smaller. */
const LARGEST = 64 * 1024;

/** Asks for the public key. Throws `AppError` where the program does not do as it should. */
export async function execSigner(command: string): Promise<Signer> {
  const answer = await run(`${command} pubkey`, new Uint8Array());
  const isPem = answer.subarray(0, 5).toString("latin1") === "-----";
  let publicKey: Uint8Array;
  try {
    publicKey = createPublicKey(
      isPem ? { key: answer, format: "pem" } : { key: answer, format: "der", type: "spki" },
    ).export({ type: "spki", format: "der" });
  } catch (error) {
    throw new AppError("USAGE", `what ${command} pubkey gave is no public key`, {
      hint: "it should put the public key on standard output, as PEM",
      cause: error,
    });
  }
  return { publicKey, sign: async (bytes) => await run(command, bytes) };
}

/** Through the shell, as the user would run it: the command is the user's own and may have arguments. */
async function run(command: string, input: Uint8Array): Promise<Buffer> {
  const child = spawn(command, { shell: true, stdio: ["pipe", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  let size = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= LARGEST) {
      chunks.push(chunk);
    } else {
      // What the shell started goes on without it, until nobody reads what it writes.
      child.kill();
      child.stdout.destroy();
    }
  });
  // A program that does not read its input closes it; what it then answers decides.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (size > LARGEST) {
    throw new AppError(
      "USAGE",
      `${command} gave more than ${LARGEST} bytes, which is no signature`,
    );
  }
  if (code !== 0) {
    throw new AppError("USAGE", `${command} ended with ${code ?? "a signal"}`, {
      hint: "the program of --exec has to end with 0",
    });
  }
  return Buffer.concat(chunks);
}
