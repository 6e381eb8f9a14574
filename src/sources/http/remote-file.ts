/**
 * Opens a remote file: a small one comes whole; of a large one come its two ends, at once, since every reader
 * looks at these first, and the rest by ranges as it is asked for.
 */

import { MemorySource } from "../../bytes/memory-source.ts";
import type { ByteSource } from "../../kernel/source.ts";
import { RangeSource } from "./range-source.ts";
import type { AskRange } from "./range-source.ts";

/** A file of up to this size costs one request, and then has its own digest. */
const SMALL = 1024 * 1024;
/** What detection looks at. */
const HEAD = 64 * 1024;
const TAIL = 66 * 1024;
/** Requests for one file, in the reading by ranges. */
const REQUESTS = 40;

export interface RemoteFile {
  readonly name: string;
  readonly size: number;
  readonly ask: AskRange;
  /** Whether all of it will be read, so that the number of requests says nothing. */
  readonly full: boolean;
}

/** Throws the `AppError` of the first request that fails. */
export async function openRemote({
  name,
  size,
  ask,
  full,
}: RemoteFile): Promise<ByteSource & { close?(): void }> {
  if (size <= SMALL) {
    const bytes = new Uint8Array(size);
    await readWhole({ name, size, ask, requests: REQUESTS }, bytes);
    return new MemorySource(bytes, name);
  }
  if (full) {
    return new RangeSource({ name, size, ask, requests: Number.POSITIVE_INFINITY });
  }
  const head = new Uint8Array(HEAD);
  const tail = new Uint8Array(TAIL);
  await readEnds({ name, size, ask, requests: 1 }, head, tail);
  const source = new RangeSource({ name, size, ask, requests: REQUESTS - 2 });
  source.prime(0, head);
  source.prime(size - TAIL, tail);
  return source;
}

type Options = ConstructorParameters<typeof RangeSource>[0];

async function readWhole(options: Options, bytes: Uint8Array): Promise<void> {
  const source = new RangeSource({ ...options, first: bytes.length });
  try {
    await source.readInto(bytes, 0);
  } finally {
    source.close();
  }
}

async function readEnds(options: Options, head: Uint8Array, tail: Uint8Array): Promise<void> {
  const first = new RangeSource({ ...options, first: head.length });
  const last = new RangeSource({ ...options, first: tail.length });
  try {
    await Promise.all([first.readInto(head, 0), last.readInto(tail, options.size - tail.length)]);
  } finally {
    first.close();
    last.close();
  }
}
