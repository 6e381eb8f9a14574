import { beforeAll, describe, expect, it } from "vitest";
import { BINARY_SAMPLES } from "../../../test/builders/content.ts";
import { Governor } from "../../bytes/governor.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { NO_USER_NAMES } from "../../machines/pickle/names/user-name.ts";
import { content } from "./index.ts";

async function read(bytes: Uint8Array, role = "top") {
  const source = new MemorySource(bytes, "sample");
  const parsed = await content.parse(source, {
    governor: new Governor(),
    name: "sample",
    userNames: NO_USER_NAMES,
    quick: false,
    role,
  });
  const context = { name: "sample", size: bytes.length, role };
  const evidence = content.rules.flatMap((rule) =>
    [...rule.evaluate(parsed.model, context)].map((found) => ({
      rule: rule.id,
      implies: rule.implies,
      severity: rule.severity,
      ...found,
    })),
  );
  return { ...parsed, coverage: parsed.ledger.coverage(), evidence };
}

const ELF = BINARY_SAMPLES[0]!.bytes;

beforeAll(async () => {});

describe("content", () => {
  it("names what it does not understand", async () => {
    const png = BINARY_SAMPLES.find(({ kind }) => kind === "png")!.bytes;
    const { model, facts, coverage, children, issues, evidence } = await read(png);
    expect(model).toMatchObject({ kind: "png", category: "image" });
    expect(facts).toEqual({ content: { kind: "png", title: "a PNG image" } });
    expect(coverage).toMatchObject({ understood: 0, unaccounted: png.length });
    expect([...children, ...issues, ...evidence]).toEqual([]);
  });

  it("takes an empty file for understood", async () => {
    const { model, coverage } = await read(Buffer.alloc(0));
    expect(model.kind).toBe("empty");
    expect(coverage).toMatchObject({ understood: 0, inert: 0, unaccounted: 0 });
    expect(await content.detect(Buffer.alloc(0), Buffer.alloc(0), { name: "", size: 0 })).toBe(
      "certain",
    );
  });

  it("reads the end of a large file", async () => {
    const large = Buffer.concat([Buffer.alloc(300_000, 7), Buffer.from("57fb808b247547db", "hex")]);
    expect((await read(large)).model.kind).toBe("leveldb-table");
  });

  it("has no name for what nothing recognizes", async () => {
    const odd = Buffer.from([0xe7, 0x00, 0x01]);
    expect(await content.detect(odd, odd, { name: "x.png", size: 3 })).toBe("none");
    expect((await read(odd)).model.kind).toBe("unknown");
  });
});

describe("content/executable", () => {
  it("suspects a program inside of something", async () => {
    for (const role of ["member", "trailing", "nested", "hidden"]) {
      expect((await read(ELF, role)).evidence).toEqual([
        expect.objectContaining({
          rule: "content/executable",
          implies: "suspicious",
          severity: "high",
          message: "contains a native program or shared library (ELF)",
        }),
      ]);
    }
  });

  it("only names a program that was asked about", async () => {
    expect((await read(ELF)).evidence).toEqual([
      expect.objectContaining({ rule: "content/executable", implies: "none", severity: "info" }),
    ]);
  });

  it("leaves other content alone", async () => {
    expect((await read(Buffer.from("just words\n"), "member")).evidence).toEqual([]);
  });
});

describe("content/script", () => {
  it("says that nobody has examined source code", async () => {
    const { evidence } = await read(Buffer.from("#!/bin/sh\ntouch wb_canary\n"), "member");
    expect(evidence).toEqual([
      expect.objectContaining({
        rule: "content/script",
        implies: "none",
        message: "is a shell script, which nobody has examined",
      }),
    ]);
  });

  it("leaves prose alone", async () => {
    expect((await read(Buffer.from("touch nothing\n"))).evidence).toEqual([]);
  });
});
