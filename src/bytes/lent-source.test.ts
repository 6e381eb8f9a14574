import { Worker } from "node:worker_threads";
import { describe, expect, it, onTestFinished } from "vitest";

import { AppError } from "../kernel/errors.ts";
import type { ByteSource } from "../kernel/source.ts";
import { lend, makeLoan } from "./lent-source.ts";
import type { LoanRequest } from "./lent-source.ts";
import { MemorySource } from "./memory-source.ts";

/** What the borrower tells: bytes, or the error that it met. */
interface Told {
  readonly request?: LoanRequest;
  readonly bytes?: Uint8Array;
  readonly code?: string;
  readonly message?: string;
  readonly hint?: string;
}

const BORROWER = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { module, size, loan, position, length, passing } = workerData;
  import(module).then(({ LentSource }) => {
    const ask = (request) => parentPort.postMessage({ request });
    const source = new LentSource({ name: "lent", size }, loan, ask);
    const buffer = new Uint8Array(length);
    try {
      const count = (passing ? source.passing : source).readIntoSync(buffer, position);
      parentPort.postMessage({ bytes: buffer.subarray(0, count) });
    } catch ({ code, message, hint }) {
      parentPort.postMessage({ code, message, hint });
    }
  });
`;

/** Reads `source` from another thread, which sleeps until this one has answered. */
async function borrow(
  source: ByteSource,
  place: { position: number; length: number; passing?: boolean },
): Promise<{ told: Told; requests: LoanRequest[] }> {
  const loan = makeLoan();
  const module = new URL("./lent-source.ts", import.meta.url).href;
  const workerData = { module, size: source.size ?? 0, loan, passing: false, ...place };
  const worker = new Worker(BORROWER, { eval: true, workerData });
  onTestFinished(async () => void (await worker.terminate()));
  const requests: LoanRequest[] = [];
  return await new Promise((resolve, reject) => {
    worker.on("error", reject);
    worker.on("message", (told: Told) => {
      if (told.request === undefined) {
        resolve({ told, requests });
      } else {
        requests.push(told.request);
        void lend(source, loan, told.request);
      }
    });
  });
}

const bytes = Uint8Array.from({ length: 2_500_000 }, (_, index) => (index * 13) % 255);

describe("LentSource", () => {
  it("reads what another thread has, in parts of what they share", async () => {
    const source = new MemorySource(bytes, "remote");
    const { told, requests } = await borrow(source, { position: 100, length: 5_000_000 });
    expect(Buffer.compare(told.bytes ?? new Uint8Array(), bytes.subarray(100))).toBe(0);
    expect(requests.map(({ length, passing }) => [length, passing])).toEqual([
      [1_048_576, false],
      [1_048_576, false],
      [402_748, false],
    ]);
  });

  it("says that it will not come back, and hears what went wrong", async () => {
    const source: ByteSource = {
      access: "random",
      name: "remote",
      size: 100,
      ref: { kind: "memory", name: "remote" },
      readInto: () => Promise.reject(new Error("kept")),
      passing: {
        access: "random",
        name: "remote",
        size: 100,
        ref: { kind: "memory", name: "remote" },
        readInto: () => {
          const hint = "scan it with --full";
          return Promise.reject(new AppError("SOURCE_LIMIT", "zu weit — €", { hint }));
        },
      },
    };
    const { told } = await borrow(source, { position: 0, length: 10, passing: true });
    expect(told).toEqual({
      code: "SOURCE_LIMIT",
      message: "zu weit — €",
      hint: "scan it with --full",
    });
    const other = await borrow(source, { position: 0, length: 10 });
    expect(other.told).toMatchObject({ code: "SOURCE_UNREADABLE", message: "kept" });
  });

  it("ends where its lender has no more", async () => {
    const source: ByteSource = {
      access: "random",
      name: "remote",
      size: 50,
      ref: { kind: "memory", name: "remote" },
      readInto: () => Promise.resolve(0),
    };
    const { told } = await borrow(source, { position: 0, length: 50 });
    expect(told.bytes).toHaveLength(0);
  });
});
