import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";

import {
  failuresOf,
  modelTree,
  signed,
  spoiled,
  statementOf,
  toldOf,
  verifySigned,
} from "../../../test/builders/signed-model.ts";
import type { ModelContent } from "../../../test/builders/signed-model.ts";
import { MemorySource } from "../../bytes/memory-source.ts";

const MODEL: ModelContent = {
  "config.json": '{"a": 1}',
  "sub/weights.bin": "\u0001".repeat(3000),
  "weights.bin": "\u0000".repeat(2000),
};

describe("a model that is as it was signed", () => {
  it("is verified, with who signed and what was compared", async () => {
    const result = await verifySigned(signed(statementOf(MODEL)), modelTree(MODEL));

    expect(result).toMatchObject({
      verified: true,
      method: "key",
      signer: { kind: "key", curve: "P-256" },
      statement: { files: 3, method: "files", algorithm: "sha256" },
      comparison: { verified: ["config.json", "sub/weights.bin", "weights.bin"], bytes: 5008 },
      problems: [],
    });
  });

  it.each([
    ["secp384r1", "sha384"],
    ["secp521r1", "sha512"],
  ])("is verified with a key on %s", async (namedCurve, digest) => {
    const keys = generateKeyPairSync("ec", { namedCurve });
    const trust = { kind: "key", key: keys.publicKey } as const;
    const bundle = signed(statementOf(MODEL), keys, digest);

    expect(await verifySigned(bundle, modelTree(MODEL), { trust })).toMatchObject({
      verified: true,
    });
  });

  it.each([
    ["a colon", "a:1:2.bin"],
    ["a line feed", "a\nb.bin"],
    ["a leading dash", "--version"],
    ["blanks", " a  b .bin "],
    ["a backslash", String.raw`a\xff.bin`],
    ["a character beyond the first plane", "\u{1f600}.bin"],
  ])("may have a name with %s", async (_, name) => {
    const content = { ...MODEL, [name]: "x" };

    expect(
      failuresOf(await verifySigned(signed(statementOf(content)), modelTree(content))),
    ).toEqual([]);
  });

  it("keeps names apart that differ in case or in normalisation", async () => {
    const content = { "\u00e9.bin": "composed", "e\u0301.bin": "decomposed", A: "1", a: "2" };
    const bundle = signed(statementOf(content));

    expect(failuresOf(await verifySigned(bundle, modelTree(content)))).toEqual([]);
    const swapped = { ...content, "\u00e9.bin": "decomposed", "e\u0301.bin": "composed" };
    expect(failuresOf(await verifySigned(bundle, modelTree(swapped)))).toEqual([
      "oms/file-changed",
    ]);
  });

  it("lists files by the bytes of their names", () => {
    const names = statementOf({ "\ufb01": "", "\u{1f600}": "", "a/b": "", "a-b": "", a: "" });

    expect(names.predicate.resources.map(({ name }) => name)).toEqual([
      "a",
      "a-b",
      "a/b",
      "\ufb01",
      "\u{1f600}",
    ]);
  });

  it("is verified with 100,000 files", async () => {
    const content = Object.fromEntries(
      Array.from({ length: 100_000 }, (_, index) => [`d${index % 100}/f${index}`, `${index}`]),
    );
    const result = await verifySigned(signed(statementOf(content)), modelTree(content));

    expect(result.verified).toBe(true);
    expect(result.comparison?.verified.length).toBe(100_000);
  });
});

describe("a model that is not as it was signed", () => {
  it("has each of its files named", async () => {
    const { "config.json": _, ...rest } = MODEL;
    const tree = modelTree({ ...rest, "weights.bin": "changed", "extra.py": "import os" });
    const result = await verifySigned(signed(statementOf(MODEL)), tree);

    expect(result.problems.map(({ rule, path }) => [rule.id, path])).toEqual([
      ["oms/file-extra", "extra.py"],
      ["oms/file-missing", "config.json"],
      ["oms/file-changed", "weights.bin"],
    ]);
    expect(result.comparison?.verified).toEqual(["sub/weights.bin"]);
  });

  it("is told of together with a signature by somebody else, and proves nothing", async () => {
    const other = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const bundle = signed(statementOf(MODEL), other);
    const result = await verifySigned(bundle, modelTree({ ...MODEL, x: "1" }));

    expect(failuresOf(result)).toEqual([
      "oms/signature-invalid",
      "oms/key-hint-mismatch",
      "oms/file-extra",
    ]);
    expect(result.signer).toBeUndefined();
  });

  it("may have files that nobody signed where the caller says so, and only those", async () => {
    const bundle = signed(statementOf(MODEL));
    const options = { ignoreUnsigned: true };
    const extra = await verifySigned(bundle, modelTree({ ...MODEL, x: "1" }), options);
    const changed = await verifySigned(
      bundle,
      modelTree({ ...MODEL, x: "1", "config.json": "" }),
      options,
    );

    expect([extra.verified, toldOf(extra)]).toEqual([true, ["oms/file-extra"]]);
    expect(failuresOf(changed)).toEqual(["oms/file-changed"]);
  });

  it("is compared in part where the caller says so", async () => {
    const subset = (path: string): boolean => path.endsWith("weights.bin");
    const tree = modelTree({ ...MODEL, "config.json": "changed", "new.json": "x" });
    const result = await verifySigned(signed(statementOf(MODEL)), tree, { subset });

    expect(result.verified).toBe(true);
    expect(result.comparison?.verified).toEqual(["sub/weights.bin", "weights.bin"]);
  });

  it("is noticed where a file changes while it is read", async () => {
    class Moving extends MemorySource {
      changed(): boolean {
        return true;
      }
    }
    const tree = modelTree(MODEL, {
      opens: (path, bytes) =>
        path === "weights.bin" ? new Moving(bytes, path) : new MemorySource(bytes, path),
    });

    expect(failuresOf(await verifySigned(signed(statementOf(MODEL)), tree))).toEqual([
      "oms/file-unstable",
    ]);
  });

  it("is not verified where a file cannot be read", async () => {
    const tree = modelTree(MODEL, {
      opens: (path, bytes) => {
        if (path === "config.json") throw new Error("disk on fire");
        return new MemorySource(bytes, path);
      },
    });

    expect(failuresOf(await verifySigned(signed(statementOf(MODEL)), tree))).toEqual([
      "oms/unreadable",
    ]);
  });
});

describe("what is left out", () => {
  it("is told where the signer chose it, and needs no telling where it is git's", async () => {
    const bundle = spoiled(MODEL, ({ predicate }) => {
      predicate.serialization["ignore_paths"] = ["notes", ".gitignore"];
    });
    const tree = modelTree({
      ...MODEL,
      "notes/a": "",
      "notes/b": "",
      ".gitignore": "",
      ".git/x": "",
    });
    const result = await verifySigned(bundle, tree);

    expect(result.verified).toBe(true);
    expect(result.problems.map(({ rule, path }) => [rule.id, path])).toEqual([
      ["oms/ignored-by-signer", "notes/a"],
      ["oms/ignored-by-signer", "notes/b"],
    ]);
  });

  it("is never a signed file, whoever wants it", async () => {
    const bundle = spoiled(MODEL, ({ predicate }) => {
      predicate.serialization["ignore_paths"] = ["sub"];
    });
    const tree = modelTree({ ...MODEL, "sub/weights.bin": "changed" });

    for (const ignorePaths of [[], ["sub"]]) {
      expect(failuresOf(await verifySigned(bundle, tree, { ignorePaths }))).toEqual([
        "oms/file-changed",
      ]);
    }
  });

  it("is git's only at the top", async () => {
    const tree = modelTree({ ...MODEL, "sub/.git/config": "" });

    expect(failuresOf(await verifySigned(signed(statementOf(MODEL)), tree))).toEqual([
      "oms/file-extra",
    ]);
  });

  it.each(["/", "", ".", "..", "../x", "*", "/etc"])("is nothing for the path %j", async (path) => {
    const bundle = spoiled(MODEL, ({ predicate }) => {
      predicate.serialization["ignore_paths"] = [path];
    });

    expect(failuresOf(await verifySigned(bundle, modelTree({ ...MODEL, x: "1" })))).toEqual([
      "oms/file-extra",
    ]);
  });
});
