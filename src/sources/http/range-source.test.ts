import { describe, expect, it } from "vitest";

import { AppError } from "../../kernel/errors.ts";
import { Random } from "../../../test/fuzz/random.ts";
import { RangeSource } from "./range-source.ts";
import type { RangeSourceOptions } from "./range-source.ts";

const KIB = 1024;
const MIB = KIB * KIB;

/** What a connection does with the bytes of one request. */
interface Wire {
  /** Bytes at a time. */
  readonly piece?: number;
  /** Bytes after which it ends, by request. */
  readonly ends?: (request: number) => number;
  /** Whether it ends with an error. */
  readonly broken?: boolean;
  /** Bytes sent past the end of what was asked. */
  readonly more?: number;
}

interface Asked {
  readonly start: number;
  readonly end: number;
  sent: number;
  canceled: boolean;
}

function file(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, index) => (index * 7 + (index >>> 8)) % 251);
}

function remote(
  content: Uint8Array,
  options: Partial<RangeSourceOptions> = {},
  { piece = 16 * KIB, ends = () => Infinity, broken = false, more = 0 }: Wire = {},
) {
  const asked: Asked[] = [];
  const source = new RangeSource({
    name: "file",
    size: content.length,
    requests: 38,
    ask: (start, end) => {
      const record: Asked = { start, end, sent: 0, canceled: false };
      asked.push(record);
      const stop = Math.min(end + more, start + ends(asked.length));
      async function* body(): AsyncGenerator<Uint8Array, void, void> {
        for (let at = start; at < stop && !record.canceled; at += piece) {
          const bytes = new Uint8Array(Math.min(piece, stop - at));
          bytes.set(content.subarray(at, at + bytes.length));
          record.sent += bytes.length;
          yield bytes;
        }
        if (broken && stop < end) {
          throw new AppError("SOURCE_UNREADABLE", "the connection was broken off");
        }
      }
      return Promise.resolve({ body: body(), cancel: () => void (record.canceled = true) });
    },
    ...options,
  });
  const read = async (position: number, length: number, from: typeof source.passing = source) => {
    const buffer = new Uint8Array(length);
    const count = await from.readInto(buffer, position);
    return buffer.subarray(0, count);
  };
  return { source, asked, read };
}

const content = file(20 * MIB);

function part(start: number, end: number): Uint8Array {
  return content.subarray(start, end);
}

describe("RangeSource", () => {
  it("asks for little where a reader lands, and for more while it reads on", async () => {
    const { asked, read } = remote(content);
    for (let at = 0; at < 3 * MIB; at += 32 * KIB) {
      expect(Buffer.compare(await read(at, 32 * KIB), part(at, at + 32 * KIB))).toBe(0);
    }
    expect(asked.map(({ start, end }) => [start, end])).toEqual([
      [0, 64 * KIB],
      [64 * KIB, 320 * KIB],
      [320 * KIB, 1344 * KIB],
      [1344 * KIB, 5440 * KIB],
    ]);
  });

  it("keeps one request open to the end once a reader has read on for long", async () => {
    const { asked, read } = remote(content);
    for (let at = 0; at < content.length; at += MIB) {
      await read(at, MIB);
    }
    expect(asked.at(-1)?.end).toBe(content.length);
    expect(asked.length).toBeLessThan(7);
    expect(asked.reduce((sum, { sent }) => sum + sent, 0)).toBe(content.length);
  });

  it("jumps back to what is kept for nothing, and reads over a small gap", async () => {
    const { asked, read } = remote(content, { first: MIB });
    await read(5 * MIB, 10);
    await read(5 * MIB + 200 * KIB, 10);
    expect(Buffer.compare(await read(5 * MIB, 200 * KIB), part(5 * MIB, 5 * MIB + 200 * KIB))).toBe(
      0,
    );
    expect(asked).toHaveLength(1);
    await read(5 * MIB + 700 * KIB, 10);
    expect(asked).toHaveLength(2);
  });

  it("does not take the end of a range for a place in it", async () => {
    const { asked, read } = remote(content, { requests: 2, first: 256 * KIB });
    await read(0, 10);
    await read(300 * KIB, 10);
    await expect(read(10 * MIB, 10)).rejects.toMatchObject({ code: "SOURCE_LIMIT" });
    expect(asked.map(({ start }) => start)).toEqual([0, 300 * KIB]);
    expect(asked[0]?.sent).toBe(64 * KIB);
  });

  it("fetches no byte twice, wherever readers go", async () => {
    const random = new Random(3);
    const { asked, read, source } = remote(content, { requests: Infinity });
    source.prime(0, part(0, 64 * KIB));
    source.prime(content.length - 66 * KIB, part(content.length - 66 * KIB, content.length));
    for (let count = 0; count < 150; count += 1) {
      const at = random.int(content.length);
      const length = random.int(random.chance(0.2) ? MIB : 4 * KIB);
      expect(Buffer.compare(await read(at, length), part(at, at + length))).toBe(0);
    }
    const taken = new Uint8Array(content.length);
    for (const { start, sent } of asked) {
      for (let at = start; at < start + sent; at += 1) {
        taken[at] = (taken[at] ?? 0) + 1;
      }
    }
    // What was under way when a reader left may have to come again.
    const twice = taken.filter((times) => times > 1).length;
    expect(twice).toBeLessThan(asked.length * 16 * KIB);
    expect(taken.subarray(0, 64 * KIB).every((times) => times === 0)).toBe(true);
  });

  it("reads as far as the file goes", async () => {
    const { asked, read } = remote(content);
    expect(
      Buffer.compare(await read(content.length - 5, 100), part(content.length - 5, content.length)),
    ).toBe(0);
    expect(await read(content.length, 100)).toHaveLength(0);
    expect(await read(0, 0)).toHaveLength(0);
    expect(asked).toHaveLength(1);
  });

  it("says when its parts lie too far apart", async () => {
    const { asked, read } = remote(content, { requests: 5 });
    for (let at = 0; at < 5; at += 1) {
      await read(at * MIB, 10);
    }
    await expect(read(10 * MIB, 10)).rejects.toMatchObject({
      code: "SOURCE_LIMIT",
      hint: "scan it with --full, which reads all of it",
    });
    expect(asked).toHaveLength(5);
    expect(Buffer.compare(await read(MIB, 100), part(MIB, MIB + 100))).toBe(0);
  });

  it("makes the last request a long one for those who read on", async () => {
    const { asked, read } = remote(content, { requests: 2 });
    await read(0, content.length / 2);
    await read(content.length / 2, content.length / 2);
    expect(asked.at(-1)?.end).toBe(content.length);
  });
});

describe("RangeSource on a bad connection", () => {
  /** Reads here and there, and says what that took. */
  async function walk(wire: Wire) {
    const { source, asked, read } = remote(content, {}, wire);
    const places = [0, 64 * KIB, 100 * KIB, 5 * MIB, 5 * MIB + 250 * KIB, 30 * KIB, 6 * MIB, MIB];
    for (const at of places) {
      const length = at === MIB ? 2 * MIB : 50 * KIB;
      expect(Buffer.compare(await read(at, length), part(at, at + length))).toBe(0);
    }
    const ranges = source.ranges();
    source.close();
    return {
      ranges,
      places: asked.map(({ end }) => end),
      starts: new Set(asked.map((a) => a.start)),
    };
  }

  it("asks for the same however the network cuts it", async () => {
    const whole = await walk({ piece: 64 * KIB });
    for (const piece of [1000, 1460, 16 * KIB, 100_000, MIB]) {
      expect(await walk({ piece })).toEqual(whole);
    }
  });

  it.each([true, false])("goes on where it broke (with an error: %s)", async (broken) => {
    const whole = await walk({});
    const { ranges, places, starts } = await walk({
      broken,
      ends: (request) => (request % 2 === 1 ? 10_000 : Infinity),
    });
    expect(ranges).toEqual(whole.ranges);
    expect([...new Set(places)]).toEqual([...new Set(whole.places)]);
    expect([...whole.starts].filter((start) => !starts.has(start))).toEqual([]);
  });

  it("gives up where next to nothing comes, again and again", async () => {
    for (const bytes of [0, 1, 5000]) {
      const { asked, read } = remote(content, {}, { ends: () => bytes });
      await expect(read(0, MIB)).rejects.toMatchObject({
        code: "SOURCE_UNREADABLE",
        message: "file: the connection breaks off again and again",
      });
      expect(asked).toHaveLength(6);
    }
  });

  it("does not so where enough comes each time", async () => {
    const { read } = remote(content, {}, { broken: true, ends: () => 70 * KIB });
    expect(Buffer.compare(await read(0, 2 * MIB), part(0, 2 * MIB))).toBe(0);
  });

  it("takes no more than it asked for", async () => {
    const { asked, read } = remote(content, {}, { more: 100 * KIB });
    expect(Buffer.compare(await read(0, 64 * KIB), part(0, 64 * KIB))).toBe(0);
    await read(10 * MIB, 10);
    expect(asked[0]?.canceled).toBe(true);
    expect(asked[0]?.sent).toBeLessThan(100 * KIB);
  });

  it("hands on what a request is refused with", async () => {
    const { read } = remote(content, {
      ask: () => Promise.reject(new AppError("SOURCE_FORBIDDEN", "no")),
    });
    await expect(read(0, 1)).rejects.toMatchObject({ code: "SOURCE_FORBIDDEN" });
  });
});

describe("RangeSource on a server that knows no ranges", () => {
  it("reads over what lies between, once", async () => {
    let sent = 0;
    const { read } = remote(content, {
      requests: 1,
      ask: () => {
        async function* body(): AsyncGenerator<Uint8Array, void, void> {
          for (; sent < content.length; sent += 64 * KIB) {
            yield content.subarray(sent, sent + 64 * KIB);
          }
        }
        return Promise.resolve({ body: body(), isWhole: true, cancel: () => undefined });
      },
    });
    for (const at of [0, 15 * MIB, 5 * MIB, 19 * MIB, 0]) {
      expect(Buffer.compare(await read(at, MIB), part(at, at + MIB))).toBe(0);
    }
    expect(sent).toBe(content.length);
  });
});

describe("RangeSource.passing", () => {
  it("keeps nothing of what passes, and asks once for what is read in order", async () => {
    const { source, asked, read } = remote(content, { requests: Infinity });
    await read(0, 64 * KIB);
    for (let at = 0; at < content.length; at += 100_000) {
      const length = Math.min(100_000, content.length - at);
      expect(Buffer.compare(await read(at, length, source.passing), part(at, at + length))).toBe(0);
    }
    expect(asked.reduce((sum, { sent }) => sum + sent, 0)).toBe(content.length);
    const before = asked.length;
    await read(MIB, 10);
    expect(asked).toHaveLength(before + 1);
  });
});

describe("RangeSource.ranges", () => {
  it("names what was read, and not what came along", async () => {
    const { source, read } = remote(content);
    await read(100, 50);
    await read(150, 50);
    await read(MIB, 1);
    expect(source.ranges()).toEqual([
      [100, 200],
      [MIB, MIB + 1],
    ]);
  });
});

describe("RangeSource.close", () => {
  it("lets go of an answer that comes too late", async () => {
    let canceled = false;
    let answer = (): void => undefined;
    const { source, read } = remote(content, {
      ask: () =>
        new Promise((resolve) => {
          const body = (async function* () {})();
          answer = () => resolve({ body, cancel: () => void (canceled = true) });
        }),
    });
    const reading = read(0, 1);
    await Promise.resolve();
    source.close();
    answer();
    await expect(reading).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
    expect(canceled).toBe(true);
  });
});
