import { describe, expect, it } from "vitest";

import { buildGguf } from "../../../test/builders/gguf.ts";
import type { GgufSpec } from "../../../test/builders/gguf.ts";
import { pickle } from "../../../test/builders/pickle.ts";
import { allFindings, rulesOf, scanBytes } from "../../../test/scan-bytes.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { Governor } from "../../bytes/governor.ts";
import { NO_USER_NAMES } from "../../machines/pickle/names/user-name.ts";
import { gguf } from "./index.ts";

const payload = pickle().proto(4).call("os", "system", "touch wb_canary").done();

const scan = (spec: GgufSpec) => scanBytes(buildGguf(spec).bytes, "model.gguf");

/** What the parser hands to the engine. */
async function childrenOf(spec: GgufSpec) {
  const { bytes } = buildGguf(spec);
  const { children } = await gguf.parse(new MemorySource(bytes, "model"), {
    governor: new Governor(),
    name: "model",
    role: "top",
    userNames: NO_USER_NAMES,
    quick: false,
  });
  return children.map(({ role, name, range }) => ({
    role,
    name: name.replace(/@0x\w+/, ""),
    text: range === undefined ? undefined : bytes.toString("latin1", range.start, range.end),
  }));
}

describe("detection", () => {
  const detect = (bytes: Uint8Array) =>
    gguf.detect(bytes, bytes, { name: "model", size: bytes.length });

  it.each([
    ["version 3", buildGguf().bytes, "certain"],
    ["the other byte order", buildGguf({ bigEndian: true }).bytes, "certain"],
    ["a version to come", buildGguf({ version: 9 }).bytes, "likely"],
    ["no version", buildGguf({ version: 0 }).bytes, "none"],
    ["a huge version", buildGguf({ version: 0x20_00_01 }).bytes, "none"],
    ["half a header", buildGguf().bytes.subarray(0, 7), "none"],
  ])("of %s", (_name, bytes, expected) => {
    expect(detect(bytes)).toBe(expected);
  });
});

describe("facts", () => {
  it("say what the file says of itself, and where its tensors are", async () => {
    const spec: GgufSpec = {
      bigEndian: true,
      entries: [
        ["general.architecture", ["string", "llama"]],
        ["general.name", ["string", "tiny"]],
        ["general.file_type", ["u32", 15]],
        ["general.quantization_version", ["u32", 2]],
        ["split.no", ["u16", 1]],
        ["split.count", ["u16", 3]],
        ["split.tensors.count", ["i32", 20]],
        ["tokenizer.chat_template", ["string", "{{ a }}"]],
        ["tokenizer.chat_template.tool_use", ["string", "{{ b }}"]],
      ],
      tensors: [
        { name: "embedding", dimensions: [256, 3], type: "Q4_K" },
        { name: "norm", dimensions: [4] },
      ],
    };
    const { dataStart } = buildGguf(spec);
    const { facts } = await scan(spec);
    expect(facts).toEqual({
      gguf: {
        version: 3,
        byteOrder: "big",
        alignment: 32,
        keys: 9,
        tensors: 2,
        architecture: "llama",
        name: "tiny",
        fileType: 15,
        quantization: "Q4_K_M",
        quantizationVersion: 2,
        split: { no: 1, count: 3, tensors: 20 },
        templates: ["default", "tool_use"],
      },
      tensors: {
        count: 2,
        bytes: 448,
        listed: 2,
        tensors: [
          {
            name: "embedding",
            dtype: "Q4_K",
            shape: [3, 256],
            range: [dataStart, dataStart + 432],
          },
          { name: "norm", dtype: "F32", shape: [4], range: [dataStart + 448, dataStart + 464] },
        ],
      },
    });
  });

  it("list a thousand tensors and count the others", async () => {
    const tensors = Array.from({ length: 1200 }, (_, index) => ({ name: `t${index}` }));
    const { facts, verdict } = await scan({ tensors });
    expect(facts["tensors"]).toMatchObject({ count: 1200, bytes: 1200 * 32, listed: 1000 });
    expect(verdict).toBe("clean");
  });

  it("leave out what is not there", async () => {
    const { facts } = await scan({});
    expect(facts).toEqual({
      gguf: {
        version: 3,
        byteOrder: "little",
        alignment: 32,
        keys: 0,
        tensors: 0,
        templates: [],
      },
    });
  });
});

describe("what is nested", () => {
  it("comes out by what it is", async () => {
    const children = await childrenOf({
      entries: [
        ["tokenizer.chat_template", ["string", "{{ a }}"]],
        ["tokenizer.chat_template", ["string", "{{ b }}"]],
        ["tokenizer.chat_template.rag\0", ["string", "{{ c }}"]],
        ["tokenizer.chat_templates", ["array", "string", ["rag"]]],
        ["general.description", ["string", "an ordinary sentence of a person about a model"]],
        ["general.notes", ["string", "the prompt is {{ system }} and then some more"]],
        ["general.start", ["string", "import os; os.system('touch wb_canary')"]],
        ["tokenizer.charsmap", ["array", "u8", Array.from({ length: 20 }, () => 65)]],
        ["tokenizer.ggml.tokens", ["array", "string", ["x".repeat(100), `{% ${"y".repeat(100)}`]]],
      ],
    });
    expect(children).toEqual([
      { role: "literal", name: "literal", text: `{% ${"y".repeat(100)}` },
      { role: "template", name: "tokenizer.chat_template", text: "{{ a }}" },
      { role: "template", name: "tokenizer.chat_template", text: "{{ b }}" },
      { role: "template", name: "tokenizer.chat_template.rag", text: "{{ c }}" },
      { role: "literal", name: "literal", text: "the prompt is {{ system }} and then some more" },
      { role: "literal", name: "literal", text: "import os; os.system('touch wb_canary')" },
      { role: "literal", name: "literal", text: "A".repeat(20) },
    ]);
  });

  it.each<[string, NonNullable<GgufSpec["entries"]>]>([
    ["a string in base64", [["a.b", ["string", payload.toString("base64")]]]],
    ["a string in hexadecimal digits", [["a.b", ["string", payload.toString("hex")]]]],
    ["a string as it is", [["a.b", ["string", payload]]]],
    ["a token", [["a", ["array", "string", ["x", payload.toString("base64").padEnd(80, "=")]]]]],
    ["an array of bytes", [["a", ["array", "u8", [...payload]]]]],
  ])("is judged: a payload as %s", async (_name, entries) => {
    const report = await scan({ entries });
    expect(report.verdict).toBe("malicious");
    expect(rulesOf(report)).toContain("pickle/dangerous-call");
  });

  it("is not looked at without end", async () => {
    const tokens = Array.from({ length: 66_000 }, () => "-".repeat(64));
    const { issues, verdict } = await scan({
      entries: [["tokens", ["array", "string", tokens]]],
    });
    expect(issues.map(({ kind }) => kind)).toEqual(["limit"]);
    expect(verdict).toBe("incomplete");
  });

  it("hands its template to whoever judges templates", async () => {
    const report = await scan({
      entries: [["tokenizer.chat_template", ["string", "{{ messages[0].content }}"]]],
    });
    expect(report.coverage.unaccounted).toBe(0);
    expect(report.findings).toEqual([]);
    expect(report.children).toHaveLength(1);
  });
});

describe("what lies outside tensors", () => {
  const tensors = [{ name: "a", dimensions: [10] }, { name: "b" }];

  it("is fine as zeros, wherever it is", async () => {
    const report = await scan({ tensors, trailing: Buffer.alloc(200_000) });
    expect(report.verdict).toBe("clean");
    expect(report.coverage).toMatchObject({ inert: 72, unaccounted: 0 });
  });

  it("is suspicious between tensors that were moved apart", async () => {
    const moved = { name: "c", offset: 192, data: Buffer.alloc(128, 1) };
    const report = await scan({ tensors: [...tensors, moved] });
    expect(allFindings(report)).toMatchObject([
      { rule: "gguf/hidden-data", implies: "suspicious" },
    ]);
    expect(report.children.map(({ path }) => path)).toEqual([expect.stringMatching(/^between@0x/)]);
  });

  it("is found behind damage", async () => {
    const damaged = { entries: [["a", ["raw", Buffer.from([99, 0, 0, 0])]]] } as const;
    const report = await scan({ ...damaged, trailing: payload });
    expect(report.verdict).toBe("malicious");
    expect(report.issues.map(({ kind }) => kind)).toContain("damaged");
  });
});

describe("duplicates", () => {
  it("count as equal up to where C ends them", async () => {
    const report = await scan({
      entries: [
        ["tokenizer.chat_template", ["string", "{{ shown }}"]],
        ["tokenizer.chat_template\0", ["string", "{{ rendered }}"]],
      ],
    });
    expect(rulesOf(report)).toEqual(["gguf/duplicate-key"]);
    expect(report.verdict).toBe("suspicious");
    expect(report.issues.map(({ kind }) => kind)).toEqual(["deviation", "damaged"]);
  });
});
