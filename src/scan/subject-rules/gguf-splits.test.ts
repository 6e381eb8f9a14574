import { describe, expect, it } from "vitest";

import { scanTree } from "../../../test/builders/memory-tree.ts";
import type { MemoryFiles } from "../../../test/builders/memory-tree.ts";
import { chatTemplate, ggufName, ggufPart } from "../../../test/builders/shards.ts";
import type { ScanOptions } from "../events.ts";

const CHAT = "{% for m in messages %}{{ m.content }}{% endfor %}";
const metadata = [["general.architecture", ["string", "llama"]], chatTemplate(CHAT)] as const;

function model(...parts: readonly Uint8Array[]): MemoryFiles {
  return Object.fromEntries(parts.map((part, index) => [ggufName(index + 1, parts.length), part]));
}

const first = ggufPart(0, 3, ["a", "b"], { total: 4, entries: metadata });
const second = ggufPart(1, 3, ["c"], { total: 4 });
const third = ggufPart(2, 3, ["d"], { total: 4 });

async function found(files: MemoryFiles, options: ScanOptions = {}) {
  const { subject } = await scanTree(files, options);
  return {
    verdict: subject.verdict,
    findings: subject.findings.map(({ rule, implies }) => `${rule}: ${implies}`),
    messages: subject.findings.map(({ message }) => message),
    places: subject.findings.map(({ locator }) => locator),
    notRun: subject.notRun,
  };
}

describe("a split GGUF model", () => {
  it.each([
    ["as gguf-split writes it", model(first, second, third)],
    [
      "with nothing but metadata in the first part",
      model(
        ggufPart(0, 2, [], { total: 1, entries: metadata }),
        ggufPart(1, 2, ["a"], { total: 1 }),
      ),
    ],
    [
      "with the metadata in every part",
      model(
        ggufPart(0, 2, ["a"], { total: 2, entries: metadata }),
        ggufPart(1, 2, ["b"], { total: 2, entries: metadata }),
      ),
    ],
    ["that is no split at all", { [ggufName(1, 1)]: ggufPart(0, 1, ["a"], { total: 1 }) }],
    ["beside another one", { ...model(first, second, third), "other.gguf": first }],
  ])("is clean %s", async (_name, files) => {
    expect(await found(files)).toMatchObject({ verdict: "clean", findings: [], notRun: [] });
  });

  it("misses a part", async () => {
    const files = { [ggufName(1, 3)]: first, [ggufName(3, 3)]: third };

    expect(await found(files)).toMatchObject({
      verdict: "incomplete",
      findings: ["gguf/split-missing: incomplete"],
      messages: ["1 of 3 parts are not there: 2"],
    });
    expect(await found(model(first, second, third), { exclude: [ggufName(2, 3)] })).toMatchObject({
      findings: [],
      notRun: ["gguf/split-missing"],
    });
  });

  it("holds fewer tensors than it states", async () => {
    const files = model(first, second, ggufPart(2, 3, [], { total: 4 }));

    expect(await found(files)).toMatchObject({
      verdict: "incomplete",
      messages: ["the parts are said to hold 4 tensors and hold 3"],
    });
  });

  it("has two parts of one number", async () => {
    const files = model(first, second, ggufPart(1, 3, ["d"], { total: 4 }));
    const { verdict, messages, places } = await found(files);

    expect(verdict).toBe("suspicious");
    expect(messages).toEqual([
      `it states to be part 2 and is named as part 3, as "${ggufName(2, 3)}" does`,
    ]);
    expect(places).toEqual([ggufName(3, 3)]);
  });

  it("has a part of another model", async () => {
    const entries = [["general.architecture", ["string", "gpt2"]]] as const;
    const files = model(first, second, ggufPart(2, 4, ["d"], { total: 9, entries }));
    const { findings, messages } = await found(files);

    expect(new Set(findings)).toEqual(new Set(["gguf/split-disagreement: suspicious"]));
    expect(messages).toEqual([
      "it states that there are 4 parts and is named as one of 3",
      "it states that the parts hold 9 tensors, and another part 4",
      'its architecture is "gpt2", and that of another part "llama"',
    ]);
  });

  it("holds a tensor twice", async () => {
    const files = model(first, second, ggufPart(2, 3, ["a"], { total: 4 }));

    expect(await found(files)).toMatchObject({
      verdict: "suspicious",
      findings: ["gguf/split-duplicate-tensor: suspicious"],
      messages: [`"${ggufName(1, 3)}" holds tensors of the same names: "a"`],
    });
  });

  it("brings another template in a later part", async () => {
    const other = ggufPart(2, 3, ["d"], { total: 4, entries: [chatTemplate(`${CHAT} `)] });

    expect(await found(model(first, second, other))).toMatchObject({
      verdict: "suspicious",
      findings: ["gguf/split-template: suspicious"],
      places: [ggufName(3, 3)],
    });
    expect(await found(model(first, second, other), { quick: true })).toMatchObject({
      findings: [],
      notRun: ["gguf/split-template"],
    });
  });

  it("leaves open what a damaged part would say", async () => {
    const { notRun } = await found(model(first, second.subarray(0, 40), third));

    expect(notRun).toEqual([
      "gguf/split-disagreement",
      "gguf/split-duplicate-tensor",
      "gguf/split-missing",
      "gguf/split-template",
    ]);
  });
});
