/**
 * A witness as tlog-witness has it, which checks what it is shown and remembers the largest tree of a log: a note-taker
 * of its own making, so that the client is held against somebody who does the sums.
 */

import { createHash, createPrivateKey, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { decodeHash, decodeSize } from "../../src/provenance/log/base64.ts";
import { parseCheckpoint, verifyCheckpoint } from "../../src/provenance/log/checkpoint.ts";
import type { Checkpoint } from "../../src/provenance/log/checkpoint.ts";
import { sameHash, verifyConsistency } from "../../src/provenance/log/merkle.ts";
import { cosignedMessage } from "../../src/provenance/log/cosignature.ts";
import { formatNote } from "../../src/provenance/log/note.ts";
import { signerFromSeed } from "../../src/provenance/log/signer-key.ts";
import { parseVerifierKey } from "../../src/provenance/log/verifier-key.ts";
import type { VerifierKey } from "../../src/provenance/log/verifier-key.ts";
import type { WitnessAnswer, WitnessTransport } from "../../src/kernel/tile-storage.ts";

const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

export class TestWitness implements WitnessTransport {
  readonly vkey: string;
  readonly #name: string;
  readonly #seed: Uint8Array;
  readonly #id: string;
  /** Of the logs that it knows, by origin. */
  readonly logs = new Map<string, VerifierKey[]>();
  readonly latest = new Map<string, Checkpoint>();
  /** Statuses that it gave, in order. */
  readonly given: number[] = [];
  /** Seconds since 1970. */
  time = 1_700_000_000n;

  constructor(name: string, seed: number) {
    this.#name = name;
    this.#seed = Buffer.alloc(32, seed);
    const { material } = signerFromSeed(name, this.#seed).verifier;
    const typed = Buffer.concat([Buffer.from([4]), material]);
    this.#id = createHash("sha256").update(`${name}\n`).update(typed).digest("hex").slice(0, 8);
    this.vkey = `${name}+${this.#id}+${typed.toString("base64")}`;
  }

  get key(): VerifierKey {
    return parseVerifierKey(this.vkey);
  }

  know(key: VerifierKey): void {
    this.logs.set(key.name, [...(this.logs.get(key.name) ?? []), key]);
  }

  post(address: string, body: string): Promise<WitnessAnswer> {
    const answer = address.endsWith("/add-checkpoint")
      ? this.#add(body)
      : { status: 405, body: "" };
    this.given.push(answer.status);
    return Promise.resolve(answer);
  }

  #add(body: string): WitnessAnswer {
    const split = body.indexOf("\n\n");
    const [first = "", ...lines] = body.slice(0, split).split("\n");
    const old = decodeSize(first.replace(/^old /, ""));
    const proof = lines.map((line) => decodeHash(line)).filter((hash) => hash !== undefined);
    const checkpoint = parseCheckpoint(Buffer.from(body.slice(split + 2)), "it");
    const keys = this.logs.get(checkpoint.origin);
    if (keys === undefined) {
      return { status: 404, body: "" };
    }
    try {
      verifyCheckpoint(checkpoint, keys);
    } catch {
      return { status: 403, body: "" };
    }
    if (old === undefined || old > checkpoint.size || proof.length !== lines.length) {
      return { status: 400, body: "" };
    }
    return this.#judge(checkpoint, old, proof);
  }

  #judge(checkpoint: Checkpoint, old: number, proof: readonly Uint8Array[]): WitnessAnswer {
    const held = this.latest.get(checkpoint.origin);
    const heldSize = held?.size ?? 0;
    const conflict = { status: 409, body: `${heldSize}\n` };
    if (old !== heldSize) {
      return conflict;
    }
    if (held !== undefined && old === checkpoint.size && !sameHash(held.root, checkpoint.root)) {
      return conflict;
    }
    const isProved =
      held === undefined || old === 0
        ? proof.length === 0
        : verifyConsistency(held, checkpoint, proof);
    if (!isProved) {
      return { status: 422, body: "" };
    }
    this.latest.set(checkpoint.origin, checkpoint);
    return { status: 200, body: this.cosign(checkpoint.note.text) };
  }

  /** The line by which it cosigns a text. */
  cosign(text: string): string {
    const key = createPrivateKey({
      key: Buffer.concat([PKCS8_PREFIX, this.#seed]),
      format: "der",
      type: "pkcs8",
    });
    const time = Buffer.alloc(8);
    time.writeBigUInt64BE(this.time);
    const bytes = Buffer.concat([time, sign(null, cosignedMessage(text, this.time), key)]);
    const note = formatNote({ text, signatures: [{ name: this.#name, id: this.#id, bytes }] });
    return note.slice(text.length + 1);
  }

  /** Serves it on this machine until it is closed. */
  async listen(): Promise<{ url: string; close: () => Promise<void> }> {
    const server = createServer((request, response) => {
      void (async () => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
          chunks.push(chunk as Buffer);
        }
        const answer = await this.post(request.url ?? "", Buffer.concat(chunks).toString());
        const type = answer.status === 409 ? "text/x.tlog.size" : "text/plain";
        response.writeHead(answer.status, { "content-type": type }).end(answer.body);
      })();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, "127.0.0.1", resolve);
    });
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/w`,
      close: () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    };
  }
}
