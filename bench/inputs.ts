/** Writes what is measured: always the same bytes. */

import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";

import { OP } from "../src/codecs/pickle/opcodes.ts";
import { pickle } from "../test/builders/pickle.ts";
import { tensor } from "../test/builders/pytorch.ts";
import { Random } from "../test/fuzz/random.ts";

export interface OpcodeHeavy {
  readonly bytes: Buffer;
  readonly opcodes: number;
  readonly memoEntries: number;
}

/** Opcodes of which most pickles consist, packed as densely as Python writes them. */
class Stream {
  readonly #bytes: Buffer;
  #size = 0;
  opcodes = 0;
  memoEntries = 0;

  constructor(capacity: number) {
    this.#bytes = Buffer.alloc(capacity);
  }

  get size(): number {
    return this.#size;
  }

  put(opcodes: number, ...bytes: readonly number[]): void {
    for (const byte of bytes) {
      this.#bytes[this.#size] = byte;
      this.#size += 1;
    }
    this.opcodes += opcodes;
  }

  memoize(): void {
    this.put(1, OP.MEMOIZE);
    this.memoEntries += 1;
  }

  done(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }
}

const MILLION = 1_000_000;
/** Python closes lists after so many elements. */
const BATCH = 1000;

/** A list of small tuples, numbers and short texts: 20 MB, 10 million opcodes, no names. */
export function opcodeHeavy(calls = 0): OpcodeHeavy {
  const random = new Random(3);
  const stream = new Stream(24 * MILLION);
  stream.put(1, OP.PROTO, 4);
  if (calls > 0) {
    const name = pickle().proto(4).global("builtins", "complex").bytes().subarray(2);
    stream.put(3, ...name);
    stream.memoize();
    stream.put(1, OP.POP);
  }
  stream.put(1, OP.EMPTY_LIST);
  stream.memoize();
  const every = calls === 0 ? 0 : Math.floor((5.2 * MILLION) / calls);
  for (let element = 0; stream.size < 20 * MILLION; element += 1) {
    if (element % BATCH === 0) {
      stream.put(element === 0 ? 1 : 2, ...(element === 0 ? [] : [OP.APPENDS]), OP.MARK);
    }
    if (every > 0 && element % every === 0) {
      // complex(a, b)
      stream.put(
        4,
        OP.BINGET,
        0,
        OP.BININT1,
        random.int(256),
        OP.BININT1,
        random.int(256),
        OP.TUPLE2,
      );
      stream.put(1, OP.REDUCE);
    } else {
      putElement(stream, random);
    }
  }
  stream.put(2, OP.APPENDS, OP.STOP);
  return { bytes: stream.done(), opcodes: stream.opcodes, memoEntries: stream.memoEntries };
}

function putElement(stream: Stream, random: Random): void {
  switch (random.int(6)) {
    case 0:
      stream.put(3, OP.BININT1, random.int(256), OP.BININT1, random.int(256), OP.TUPLE2);
      stream.memoize();
      break;
    case 1: {
      const letter = 97 + random.int(26);
      stream.put(1, OP.SHORT_BINUNICODE, 4, letter, letter, letter, letter);
      stream.memoize();
      break;
    }
    case 2:
      stream.put(1, [OP.NONE, OP.NEWTRUE, OP.NEWFALSE][random.int(3)] ?? OP.NONE);
      break;
    default:
      stream.put(1, OP.BININT1, random.int(256));
  }
}

/** A folder of small pickles, by default of about 10 kB, as settings and vocabularies are, with its number in each. */
export function smallPickles(folder: string, count: number, pairs = 520): void {
  mkdirSync(folder, { recursive: true });
  const random = new Random(11);
  const mark = "number00000";
  const entries = Array.from({ length: pairs }, (_, key): [string, number] => [
    key === 0 ? mark : `some word ${key}`,
    random.int(60_000),
  ]);
  const bytes = pickle().proto(4).value(new Map(entries)).done();
  const at = bytes.indexOf(mark);
  for (let index = 0; index < count; index += 1) {
    bytes.write(`number${String(index).padStart(5, "0")}`, at);
    writeFileSync(join(folder, `${index}.pkl`), bytes);
  }
}

const MEBIBYTE = 1024 * 1024;
const STORAGE = 64 * MEBIBYTE;

/** A checkpoint of about `size` bytes in torch's zip layout, with storages of 64 MiB of noise. */
export function largeCheckpoint(path: string, size: number): void {
  const file = openSync(path, "w");
  const noise = new Random(5).bytes(MEBIBYTE);
  const directory: Buffer[] = [];
  let at = 0;
  const write = (bytes: Uint8Array): void => {
    writeSync(file, bytes);
    at += bytes.length;
  };
  const member = (
    name: string,
    length: number,
    chunks: Iterable<Uint8Array>,
    sum: number,
  ): void => {
    const offset = at;
    const path = Buffer.from(`large/${name}`);
    const padding = (64 - ((at + 30 + path.length + 4) % 64)) % 64;
    const extra = Buffer.concat([u16(0x4246, padding), Buffer.alloc(padding, "Z")]);
    write(
      Buffer.concat([
        LOCAL,
        u16(0x800, 0, 0, 0),
        u32(sum, length, length),
        u16(path.length, extra.length),
        path,
        extra,
      ]),
    );
    for (const chunk of chunks) {
      write(chunk);
    }
    directory.push(
      Buffer.concat([
        CENTRAL,
        u16(0, 0, 0x800, 0, 0, 0),
        u32(sum, length, length),
        u16(path.length, 0, 0, 0, 0),
        u32(0, offset),
        path,
      ]),
    );
  };
  const storages = Math.max(1, Math.round(size / STORAGE));
  const object = stateDict(storages);
  member("data.pkl", object.length, [object], crc32(object));
  const chunks = Array.from({ length: STORAGE / MEBIBYTE }, () => noise);
  let sum = 0;
  for (const chunk of chunks) {
    sum = crc32(chunk, sum);
  }
  for (let key = 0; key < storages; key += 1) {
    member(`data/${key}`, STORAGE, chunks, sum);
  }
  const version = Buffer.from("3\n");
  member("version", version.length, [version], crc32(version));
  const start = at;
  write(Buffer.concat(directory));
  write(
    Buffer.concat([
      END,
      u16(0, 0, directory.length, directory.length),
      u32(at - start, start),
      u16(0),
    ]),
  );
  closeSync(file);
}

function stateDict(storages: number): Buffer {
  const builder = pickle().proto(2).call("collections", "OrderedDict").op("MARK");
  for (let key = 0; key < storages; key += 1) {
    builder.value(`layer.${key}.weight`).value(tensor({ key: String(key), elements: STORAGE / 4 }));
  }
  return builder.op("SETITEMS").done();
}

const LOCAL = Buffer.from("PK\u0003\u0004\u0000\u0000", "latin1");
const CENTRAL = Buffer.from("PK\u0001\u0002", "latin1");
const END = Buffer.from("PK\u0005\u0006", "latin1");

function u16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) {
    bytes.writeUInt16LE(value, index * 2);
  }
  return bytes;
}

function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) {
    bytes.writeUInt32LE(value >>> 0, index * 4);
  }
  return bytes;
}
