import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";

import {
  failuresOf,
  modelTree,
  signed,
  spoiled,
  statementOf,
  toldOf,
  verifySigned,
  withRoot,
} from "../../../test/builders/signed-model.ts";
import type { ModelContent, Statement } from "../../../test/builders/signed-model.ts";

const MODEL: ModelContent = {
  "config.json": '{"a": 1}',
  "sub/weights.bin": "\u0001".repeat(3000),
  "weights.bin": "\u0000".repeat(2000),
};

describe("a statement that is signed properly and wrong", () => {
  it.each<[string, string[], (statement: Statement) => unknown]>([
    ["another type", ["oms/schema"], (each) => (each._type = "https://in-toto.io/Statement/v0.1")],
    ["an unknown field", ["oms/schema"], (each) => (each["x"] = 1)],
    ["two subjects", ["oms/schema"], (each) => each.subject.push(each.subject[0]!)],
    ["no subject", ["oms/schema"], (each) => (each.subject = [])],
    ["a subject without a digest", ["oms/schema"], (each) => (each.subject[0]!.digest = {})],
    [
      "another predicate",
      ["oms/unsupported", "oms/not-compared"],
      (each) => (each.predicateType = "https://slsa.dev/provenance/v1"),
    ],
    [
      "the next major version",
      ["oms/unsupported", "oms/not-compared"],
      (each) => (each.predicateType = "https://model_signing/signature/v2.0"),
    ],
    [
      "another root",
      ["oms/root-mismatch"],
      (each) => (each.subject[0]!.digest["sha256"] = "0".repeat(64)),
    ],
    [
      "another dirHash1",
      ["oms/dir-hash-mismatch"],
      (each) => (each.subject[0]!.digest["dirHash1"] = "0".repeat(64)),
    ],
    ["no files", ["oms/empty", "oms/not-compared"], (each) => (each.predicate.resources = [])],
    [
      "no serialization",
      ["oms/schema"],
      (each) => delete (each.predicate as Partial<Statement["predicate"]>).serialization,
    ],
    [
      "an unknown method",
      ["oms/unsupported"],
      (each) => (each.predicate.serialization["method"] = "tree"),
    ],
    [
      "another hash_type",
      ["oms/schema"],
      (each) => (each.predicate.serialization["hash_type"] = "sha1"),
    ],
    [
      "an unknown digest",
      ["oms/unsupported", "oms/not-compared"],
      (each) => (each.predicate.resources[0]!.algorithm = "md5"),
    ],
    [
      "a digest in capitals",
      ["oms/schema", "oms/not-compared"],
      (each) => (each.predicate.resources[0]!.digest = "A".repeat(64)),
    ],
    [
      "a digest that is too short",
      ["oms/schema", "oms/not-compared"],
      (each) => (each.predicate.resources[0]!.digest = "ab"),
    ],
    [
      "ignore_paths that are no list",
      ["oms/schema"],
      (each) => (each.predicate.serialization["ignore_paths"] = "x"),
    ],
    [
      "allow_symlinks that is no boolean",
      ["oms/schema"],
      (each) => (each.predicate.serialization["allow_symlinks"] = "yes"),
    ],
  ])("fails for %s", async (_, rules, spoil) => {
    expect(failuresOf(await verifySigned(spoiled(MODEL, spoil), modelTree(MODEL)))).toEqual(rules);
  });

  it.each(["../evil", "/etc/passwd", "a/../b", "./a", "a//b", "a/", "", "a\0b", "."])(
    "is refused for the path %j",
    async (name) => {
      const bundle = spoiled(MODEL, (statement) => {
        statement.predicate.resources[0]!.name = name;
        withRoot(statement);
      });

      expect(failuresOf(await verifySigned(bundle, modelTree(MODEL)))).toEqual([
        "oms/bad-path",
        "oms/not-compared",
      ]);
    },
  );

  it("is refused where a name is there twice", async () => {
    const bundle = spoiled(MODEL, (statement) => {
      const [first] = statement.predicate.resources;
      statement.predicate.resources.splice(1, 0, { ...first!, digest: "0".repeat(64) });
      withRoot(statement);
    });

    expect(failuresOf(await verifySigned(bundle, modelTree(MODEL)))).toContain(
      "oms/duplicate-name",
    );
  });

  it("is accepted in another order, and says so", async () => {
    const bundle = spoiled(MODEL, (statement) => {
      statement.predicate.resources.reverse();
      withRoot(statement);
    });
    const result = await verifySigned(bundle, modelTree(MODEL));

    expect([result.verified, toldOf(result)]).toEqual([true, ["oms/unsorted"]]);
  });

  it("is accepted with what later versions may add", async () => {
    const bundle = spoiled(MODEL, (statement) => {
      statement.predicateType = "https://model_signing/signature/v1.7";
      statement.predicate.serialization["later"] = true;
      statement.predicate.resources[0]!["annotations"] = { size: 8 };
      withRoot(statement);
    });

    expect(failuresOf(await verifySigned(bundle, modelTree(MODEL)))).toEqual([]);
  });
});

describe("other ways of taking digests", () => {
  const text = "0123456789";
  const content = { "a:1:2": text, empty: "" };

  function shards(size: unknown, ends: readonly number[], algorithm = "sha256"): Buffer {
    return spoiled(MODEL, (statement) => {
      let start = 0;
      statement.predicate.serialization = {
        method: "shards",
        hash_type: "sha256",
        shard_size: size,
      };
      statement.predicate.resources = ends.map((end) => {
        const digest = createHash("sha256").update(text.slice(start, end)).digest("hex");
        const name = `a:1:2:${start}:${end}`;
        start = end;
        return { name, algorithm, digest };
      });
      withRoot(statement);
    });
  }

  it("are shards, whose names may have colons before", async () => {
    const result = await verifySigned(
      shards(4, [4, 8, 10], "sha256-sharded-4"),
      modelTree(content),
    );

    expect([result.verified, toldOf(result)]).toEqual([true, ["oms/file-extra"]]);
  });

  it("are shards that have to cover their file", async () => {
    for (const [size, ends] of [
      [4, [4, 8]],
      [4, [4, 8, 9]],
    ] as const) {
      expect(failuresOf(await verifySigned(shards(size, ends), modelTree(content)))).toEqual([
        "oms/file-changed",
      ]);
    }
    expect(failuresOf(await verifySigned(shards(4, [3, 8, 10]), modelTree(content)))).toEqual([
      "oms/schema",
    ]);
    expect(failuresOf(await verifySigned(shards(0, [4, 8, 10]), modelTree(content)))).toEqual([
      "oms/schema",
    ]);
  });

  it.each([
    [
      "blake2b",
      "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
    ],
    ["blake3", "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85"],
  ])("are %s", async (algorithm, digest) => {
    const bundle = spoiled({ abc: "abc" }, (statement) => {
      statement.predicate.serialization["hash_type"] = algorithm;
      statement.predicate.resources = [{ name: "abc", algorithm, digest }];
      withRoot(statement);
    });

    expect(failuresOf(await verifySigned(bundle, modelTree({ abc: "abc" })))).toEqual([]);
    expect(failuresOf(await verifySigned(bundle, modelTree({ abc: "abd" })))).toEqual([
      "oms/file-changed",
    ]);
  });

  it("name a single file by a dot, or by its name", async () => {
    const single = { "model.bin": "x" };
    const dotted = spoiled(single, (statement) => {
      statement.predicate.resources[0]!.name = ".";
      withRoot(statement);
    });

    for (const bundle of [dotted, signed(statementOf(single))]) {
      expect(failuresOf(await verifySigned(bundle, modelTree(single, { kind: "file" })))).toEqual(
        [],
      );
    }
    expect(
      failuresOf(await verifySigned(dotted, modelTree({ "model.bin": "y" }, { kind: "file" }))),
    ).toEqual(["oms/file-changed"]);
  });
});

describe("any statement that is signed properly", () => {
  it("is verified or refused, and never throws nor verifies another model", async () => {
    const text = JSON.stringify(statementOf(MODEL));
    const other = modelTree({ ...MODEL, "config.json": "changed" });
    let seed = 11;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    const pieces = [
      '"',
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "null",
      "1e9",
      "-1",
      '"a"',
      "\\u0000",
      "../",
      "\u00e9",
    ];
    for (let round = 0; round < 500; round += 1) {
      const at = random(text.length);
      const cut = random(3) * random(20);
      const spoilt =
        text.slice(0, at) + (pieces[random(pieces.length)] ?? "") + text.slice(at + cut);
      const result = await verifySigned(signed(spoilt), other);

      expect(result.verified, spoilt).toBe(false);
    }
  });
});
