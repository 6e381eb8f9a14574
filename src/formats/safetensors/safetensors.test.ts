import { describe, expect, it } from "vitest";

import { BINARY_SAMPLES } from "../../../test/builders/content.ts";
import { pickle } from "../../../test/builders/pickle.ts";
import {
  dataStart,
  entry,
  rawSafetensors,
  safetensors,
} from "../../../test/builders/safetensors.ts";
import { buildZip } from "../../../test/builders/zip.ts";
import { Random } from "../../../test/fuzz/random.ts";
import { allFindings, rulesOf, scanBytes } from "../../../test/scan-bytes.ts";
import { DEFAULT_LIMITS } from "../../kernel/limits.ts";
import { detectSafetensors } from "./detect.ts";

const payload = pickle().proto(2).call("os", "system", "touch wb_canary").done();
const four = Buffer.alloc(4, 1);
const one = [{ name: "a", shape: [4], data: four }];

const detect = (bytes: Uint8Array, size = bytes.length) =>
  detectSafetensors(bytes.subarray(0, 65_536), size);

describe("detectSafetensors", () => {
  const sound = safetensors(one);

  it("is certain of whole files, and likely right of cut ones", () => {
    expect(detect(sound)).toBe("certain");
    expect(detect(rawSafetensors("{}"))).toBe("certain");
    expect(detect(rawSafetensors("\n {}"))).toBe("certain");
    expect(detect(sound.subarray(0, 40))).toBe("likely");
    expect(detect(rawSafetensors(`{${entry("a", 0, 4)}}`, four, 2n ** 60n))).toBe("likely");
    expect(detect(rawSafetensors(`{"${"n".repeat(70_000)}":{}}`))).toBe("likely");
    expect(detect(rawSafetensors(`${" ".repeat(70_000)}{}`))).toBe("possible");
  });

  it("claims neither text nor numbers", () => {
    expect(detect(Buffer.from('{"conf":{"dtype":"F32","shape":[1]}}'))).toBe("none");
    expect(detect(Buffer.from('12345678{"a":{"dtype":"F32"}}'))).toBe("none");
    expect(detect(rawSafetensors('["a"]'))).toBe("none");
    expect(detect(Buffer.alloc(100))).toBe("none");
    expect(detect(rawSafetensors('{"a":1}', four, 2n ** 20n))).toBe("none");
    const random = new Random(6);
    for (let round = 0; round < 2000; round += 1) {
      expect(detect(random.bytes(64))).toBe("none");
    }
  });
});

describe("safetensors", () => {
  it("lists tensors with their bytes, and the metadata", async () => {
    const file = safetensors(
      [
        { name: "w", dtype: "F32", shape: [2, 3], data: Buffer.alloc(24) },
        { name: "b", dtype: "F4", shape: [6], data: Buffer.alloc(3) },
      ],
      { format: "pt", ["__proto__"]: "x" },
    );
    const start = dataStart(file);
    const { facts, verdict, coverage } = await scanBytes(file);
    expect(verdict).toBe("clean");
    expect(coverage).toEqual({ understood: start, inert: 27, unaccounted: 0, read: start });
    expect(facts["tensors"]).toEqual({
      count: 2,
      bytes: 27,
      listed: 2,
      tensors: [
        { name: "w", dtype: "F32", shape: [2, 3], range: [start, start + 24] },
        { name: "b", dtype: "F4", shape: [6], range: [start + 24, start + 27] },
      ],
    });
    expect(facts["safetensors"]).toMatchObject({ headerBytes: start - 8, metadataEntries: 2 });
  });

  it("lists the first thousand of many tensors, and counts all", async () => {
    const many = Array.from({ length: 1200 }, (_, index) => entry(`t${index}`, index, index + 1));
    const { facts, verdict } = await scanBytes(
      rawSafetensors(`{${many.join(",")}}`, Buffer.alloc(1200)),
    );
    expect(verdict).toBe("clean");
    const tensors = facts["tensors"] as {
      count: number;
      listed: number;
      tensors: { name: string }[];
    };
    expect(tensors).toMatchObject({ count: 1200, listed: 1000 });
    expect(tensors.tensors.at(-1)?.name).toBe("t999");
  });

  it.each([
    ["in front", (p: Buffer) => [entry("a", p.length, p.length + 4), Buffer.concat([p, four])]],
    ["behind", (p: Buffer) => [entry("a", 0, 4), Buffer.concat([four, p])]],
    [
      "in a tensor of the wrong length",
      (p: Buffer) => [entry("a", 0, p.length, { shape: [1] }), p],
    ],
  ] as const)("finds a pickle %s", async (_, make) => {
    const [member, data] = make(payload);
    const report = await scanBytes(rawSafetensors(`{${member as string}}`, data as Buffer));
    expect(report.verdict).toBe("malicious");
    expect(rulesOf(report)).toContain("pickle/dangerous-call");
  });

  it("finds a pickle behind a header that makes no sense", async () => {
    const header = `{${entry("a", 0, 4)}`;
    const report = await scanBytes(
      rawSafetensors(header, Buffer.concat([four, payload]), header.length),
    );
    expect(report.issues[0]).toMatchObject({ kind: "truncated" });
    expect(rulesOf(report)).not.toContain("safetensors/hidden-data");
    expect(report.coverage.unaccounted).toBe(0);
  });

  it("sees the archive that another loader would take", async () => {
    const zip = buildZip([{ name: "payload.pkl", data: payload }]);
    const report = await scanBytes(
      rawSafetensors(`{${entry("a", 0, 4)}}`, Buffer.concat([four, zip])),
    );
    expect(report.verdict).toBe("malicious");
    expect(rulesOf(report)).toContain("safetensors/hidden-data");
  });

  it("calls padding with zeros damage, and nothing worse", async () => {
    const report = await scanBytes(rawSafetensors(`{${entry("a", 0, 4)}}`, Buffer.alloc(64)));
    expect(report.verdict).toBe("incomplete");
    expect(allFindings(report)).toMatchObject([
      { rule: "safetensors/hidden-data", severity: "low" },
    ]);
  });

  it("scans the largest holes of many, and leaves the others unaccounted", async () => {
    const many = Array.from({ length: 200 }, (_, index) =>
      entry(`t${index}`, index * 2 + 1, index * 2 + 2),
    );
    const report = await scanBytes(rawSafetensors(`{${many.join(",")}}`, Buffer.alloc(400, 7)));
    expect(report.children).toHaveLength(64);
    expect(report.coverage.unaccounted).toBe(200 - 64);
  });

  it.each([
    ["as base64", payload.toString("base64")],
    ["as base64 in lines", payload.toString("base64").replaceAll(/.{10}/g, "$&\n")],
    ["as a data URL", `data:image/png;base64,${payload.toString("base64")}`],
    ["in hexadecimal", payload.toString("hex")],
    ["byte by byte", payload.toString("latin1")],
    ["as text", "cos\nsystem\n(S'touch wb_canary'\ntR."],
  ])("finds a pickle in the metadata, %s", async (_, text) => {
    const report = await scanBytes(safetensors(one, { format: "pt", note: text }));
    expect(report.verdict).toBe("malicious");
    expect(rulesOf(report)).toContain("pickle/dangerous-call");
  });

  it("finds a program in the metadata, and behind the tensors", async () => {
    const program = BINARY_SAMPLES.find(({ kind }) => kind === "elf")!.bytes;
    for (const file of [
      safetensors(one, { note: Buffer.from(program).toString("base64") }),
      Buffer.concat([safetensors(one), program]),
    ]) {
      const report = await scanBytes(file);
      expect(report.verdict).toBe("suspicious");
      expect(rulesOf(report)).toContain("content/executable");
    }
  });

  it("finds a pickle in a field that no reader looks at", async () => {
    const fields = { dtype: "U8", shape: [4], data_offsets: [0, 4], x: payload.toString("base64") };
    const report = await scanBytes(rawSafetensors(JSON.stringify({ a: fields }), four));
    expect(report.verdict).toBe("malicious");
  });

  it.each([
    ["a path", "/home/user/models/base.safetensors"],
    ["a URL", "https://example.org/model?download=true"],
    ["a digest", "a".repeat(64)],
    ["a command line", "accelerate launch train.py --output_dir ./out --mixed_precision bf16"],
    ["settings", JSON.stringify({ lr: 1e-4, tags: Array.from({ length: 200 }, () => "1girl") })],
    ["prose", "You can import this model and run it. ".repeat(60)],
  ])("thinks nothing of %s in the metadata", async (_, text) => {
    expect(await scanBytes(safetensors(one, { note: text }))).toMatchObject({
      verdict: "clean",
      findings: [],
      children: [],
    });
  });

  it("keeps to its memory", async () => {
    const many = Array.from({ length: 1000 }, (_, index) => entry(`t${index}`, 0, 0)).join(",");
    const limits = { ...DEFAULT_LIMITS, memory: 160_000 };
    const { verdict, issues } = await scanBytes(rawSafetensors(`{${many}}`), "x", { limits });
    expect(verdict).toBe("incomplete");
    expect(issues.map(({ kind }) => kind)).toContain("limit");
  });
});
