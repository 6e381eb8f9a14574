import { describe, expect, it } from "vitest";
import { BINARY_SAMPLES } from "../../../test/builders/content.ts";
import { MODEL_SAMPLES } from "../../../test/builders/model-content.ts";
import { TEXT_SAMPLES } from "../../../test/builders/text-content.ts";
import { identifyContent } from "./identify.ts";

const HEAD = 64 * 1024;
const TAIL = 66 * 1024;

function identify(bytes: Uint8Array, size = bytes.length): string | undefined {
  const head = bytes.subarray(0, HEAD);
  const tail = bytes.length <= HEAD ? head : bytes.subarray(Math.max(0, bytes.length - TAIL));
  return identifyContent(head, tail, size)?.kind;
}

const SAMPLES = [...BINARY_SAMPLES, ...MODEL_SAMPLES].map(
  (sample, index) => [`${sample.kind} (${index})`, sample] as const,
);

describe("signatures", () => {
  it.each(SAMPLES)("%s is what it is", (_name, { kind, bytes }) => {
    expect(identify(bytes)).toBe(kind);
  });

  it.each(SAMPLES.filter(([, { lie }]) => lie !== undefined))(
    "%s is more than its first bytes",
    (_name, { kind, lie }) => {
      expect(identify(lie!)).not.toBe(kind);
    },
  );

  it.each(SAMPLES)("%s may be cut anywhere", (_name, { bytes }) => {
    const kinds = new Set<string | undefined>();
    for (let end = 0; end <= Math.min(bytes.length, 512); end += 1) {
      kinds.add(identify(bytes.subarray(0, end)));
      kinds.add(identify(bytes.subarray(0, end), 2 ** 40));
    }
    expect(kinds).toContain("empty");
  });

  it("needs no tail for a first look", () => {
    expect(identifyContent(Buffer.alloc(4096), Buffer.alloc(0), 10_000)).toBeUndefined();
    expect(identifyContent(SAMPLES[0]![1].bytes, Buffer.alloc(0), 10_000)?.kind).toBe("elf");
  });

  it("calls nothing an empty file", () => {
    expect(identify(Buffer.alloc(0))).toBe("empty");
    expect(identify(Buffer.alloc(1))).toBeUndefined();
  });
});

describe("text", () => {
  it.each(TEXT_SAMPLES)("%s: %j", (kind, text) => {
    expect(identify(Buffer.from(text))).toBe(kind);
    expect(identify(Buffer.from(text.replaceAll("\n", "\r\n")))).toBe(kind);
  });

  it("is only a guess where it is plain", () => {
    expect(identifyContent(Buffer.from("hello"), Buffer.from("hello"), 5)?.match).toBe("possible");
  });

  it("reads UTF-16 where it is marked", () => {
    const text = Buffer.from("\ufeffplain words\n", "utf16le");
    expect(identify(text)).toBe("text");
    expect(identify(Buffer.from(text).swap16())).toBe("text");
    expect(identify(Buffer.from("fffe01020304", "hex"))).toBeUndefined();
  });

  it("ends in the middle of a character where the first bytes do", () => {
    for (let shift = 0; shift < 4; shift += 1) {
      const long = Buffer.from("x".repeat(shift) + "\ud83d\ude00".repeat(40_000));
      expect(identify(long)).toBe("text");
    }
    expect(identify(Buffer.from("f09f98", "hex"))).toBeUndefined();
  });

  it("is not text with a control, or where only its beginning is", () => {
    expect(identify(Buffer.from("abc\u0000def"))).toBeUndefined();
    expect(identify(Buffer.from("abc\u0001def"))).toBeUndefined();
    const long = Buffer.concat([Buffer.from("text ".repeat(20_000)), Buffer.alloc(100_000)]);
    expect(identify(long)).toBeUndefined();
  });

  it("knows JSON by its first 64 KiB", () => {
    const long = Buffer.from(
      JSON.stringify({ model: Array.from({ length: 20_000 }, () => "a\u00e9 b") }),
    );
    expect(identify(long)).toBe("json");
    expect(identify(Buffer.from("[".repeat(200_000)))).toBe("json");
    expect(identify(Buffer.from(`${"[".repeat(100_000)}} ${"x".repeat(10)}`))).toBe("json");
    expect(identify(Buffer.from(`{"a" 1, ${'"b": 2, '.repeat(20_000)}`))).toBe("text");
  });

  it("takes time in proportion to what it looks at", () => {
    const hostile = [
      "\n",
      "#!/",
      "function(",
      "if ",
      '"',
      "<",
      "{",
      "- ",
      "[a]\n",
      "``` ",
      "---\n",
      "a,",
      "\\",
    ];
    for (const piece of hostile) {
      expect(() => identify(Buffer.from(piece.repeat(70_000 / piece.length)))).not.toThrow();
    }
  });
});

/** A small generator with a seed, so that the same bytes are tried each time. */
function* numbers(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

describe("numbers", () => {
  const next = numbers(7);
  const random = (): number => next.next().value;
  const normal = (): number => (random() + random() + random() - 1.5) / 8;
  const makers: Record<string, (length: number) => ArrayBufferView> = {
    float32: (length) => Float32Array.from({ length: length / 4 }, normal),
    float64: (length) => Float64Array.from({ length: length / 8 }, normal),
    bfloat16: (length) =>
      Uint16Array.from(
        { length: length / 2 },
        () => new Uint32Array(Float32Array.of(normal()).buffer)[0]! >>> 16,
      ),
    int64: (length) =>
      BigInt64Array.from({ length: length / 8 }, () => BigInt(Math.floor(random() * 50_000))),
    int8: (length) => Int8Array.from({ length }, () => normal() * 127),
    bytes: (length) => Uint8Array.from({ length }, () => random() * 256),
    zeros: (length) => new Uint8Array(length),
    ones: (length) => new Uint8Array(length).fill(255),
  };

  it.each(Object.entries(makers))("of type %s are no content of any kind", (_name, make) => {
    const found: unknown[] = [];
    for (let round = 0; round < 400; round += 1) {
      const made = make(8 * (4 + Math.floor(random() * 60)));
      const bytes = Buffer.from(made.buffer, made.byteOffset, made.byteLength);
      found.push(identify(bytes), identify(bytes, 10_000_000));
    }
    expect(found.filter((kind) => kind !== undefined)).toEqual([]);
  });
});
