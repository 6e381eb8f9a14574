import { createHash, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";

import {
  failuresOf,
  modelTree,
  signed,
  statementOf,
  toldOf,
  verifySigned,
} from "../../../test/builders/signed-model.ts";
import type { ModelContent, Statement } from "../../../test/builders/signed-model.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { rootDigest } from "./root-digest.ts";

const MODEL: ModelContent = {
  "config.json": '{"a": 1}',
  "sub/weights.bin": "\u0001".repeat(3000),
  "weights.bin": "\u0000".repeat(2000),
};

/** A properly signed statement that is spoiled before. */
function spoiled(spoil: (statement: Statement) => unknown, content = MODEL): Buffer {
  const statement = statementOf(content);
  spoil(statement);
  return signed(statement);
}

function withRoot(statement: Statement): void {
  const subject = statement.subject[0]!;
  subject.digest = {
    sha256: rootDigest(statement.predicate.resources.map(({ digest }) => digest)),
  };
}

function envelopeOf(bundle: Buffer): object {
  const { dsseEnvelope } = JSON.parse(bundle.toString()) as {
    dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string }[] };
  };
  const { payload, payloadType, signatures } = dsseEnvelope;
  return { payload, payloadType, signature: signatures[0]?.sig };
}

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
    const bundle = spoiled(({ predicate }) => {
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
    const bundle = spoiled(({ predicate }) => {
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
    const bundle = spoiled(({ predicate }) => {
      predicate.serialization["ignore_paths"] = [path];
    });

    expect(failuresOf(await verifySigned(bundle, modelTree({ ...MODEL, x: "1" })))).toEqual([
      "oms/file-extra",
    ]);
  });
});

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
    expect(failuresOf(await verifySigned(spoiled(spoil), modelTree(MODEL)))).toEqual(rules);
  });

  it.each(["../evil", "/etc/passwd", "a/../b", "./a", "a//b", "a/", "", "a\0b", "."])(
    "is refused for the path %j",
    async (name) => {
      const bundle = spoiled((statement) => {
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
    const bundle = spoiled((statement) => {
      const [first] = statement.predicate.resources;
      statement.predicate.resources.splice(1, 0, { ...first!, digest: "0".repeat(64) });
      withRoot(statement);
    });

    expect(failuresOf(await verifySigned(bundle, modelTree(MODEL)))).toContain(
      "oms/duplicate-name",
    );
  });

  it("is accepted in another order, and says so", async () => {
    const bundle = spoiled((statement) => {
      statement.predicate.resources.reverse();
      withRoot(statement);
    });
    const result = await verifySigned(bundle, modelTree(MODEL));

    expect([result.verified, toldOf(result)]).toEqual([true, ["oms/unsorted"]]);
  });

  it("is accepted with what later versions may add", async () => {
    const bundle = spoiled((statement) => {
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
    return spoiled((statement) => {
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
    const bundle = spoiled(
      (statement) => {
        statement.predicate.serialization["hash_type"] = algorithm;
        statement.predicate.resources = [{ name: "abc", algorithm, digest }];
        withRoot(statement);
      },
      { abc: "abc" },
    );

    expect(failuresOf(await verifySigned(bundle, modelTree({ abc: "abc" })))).toEqual([]);
    expect(failuresOf(await verifySigned(bundle, modelTree({ abc: "abd" })))).toEqual([
      "oms/file-changed",
    ]);
  });

  it("name a single file by a dot, or by its name", async () => {
    const single = { "model.bin": "x" };
    const dotted = spoiled((statement) => {
      statement.predicate.resources[0]!.name = ".";
      withRoot(statement);
    }, single);

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

describe("a bundle", () => {
  it("is not read where a key is in it twice", async () => {
    const bundle = signed(statementOf(MODEL)).toString();
    const twice = bundle.replace('"mediaType":', '"mediaType":"x","mediaType":');
    const inside = signed(
      JSON.stringify(statementOf(MODEL)).replace('"method":', '"method":"x","method":'),
    );

    expect(failuresOf(await verifySigned(Buffer.from(twice), modelTree(MODEL)))).toEqual([
      "oms/bad-json",
      "oms/not-compared",
    ]);
    expect(failuresOf(await verifySigned(inside, modelTree(MODEL)))).toEqual([
      "oms/bad-json",
      "oms/not-compared",
    ]);
  });

  it("does not bring its own key", async () => {
    const other = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    const pem = other.publicKey.export({ type: "spki", format: "pem" }).toString();
    const text = signed(statementOf(MODEL), other)
      .toString()
      .replace(/"hint":"[^"]*"/, `"rawBytes":"${Buffer.from(pem).toString("base64")}"`);

    expect(failuresOf(await verifySigned(Buffer.from(text), modelTree(MODEL)))).toEqual([
      "oms/signature-invalid",
      "oms/key-hint-mismatch",
    ]);
  });

  it("fails for a key that models are not signed with", async () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const trust = { kind: "key", key: publicKey } as const;
    const bundle = signed(statementOf(MODEL));

    expect(failuresOf(await verifySigned(bundle, modelTree(MODEL), { trust }))).toContain(
      "oms/key-unsupported",
    );
  });

  it("never throws and never holds when it is cut or changed", async () => {
    const bundle = signed(statementOf({ a: "1" }));
    const tree = modelTree({ a: "1" });
    for (let length = 0; length < bundle.length - 1; length += 1) {
      expect((await verifySigned(bundle.subarray(0, length), tree)).verified).toBe(false);
    }
    let seed = 7;
    const random = (below: number): number => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed % below;
    };
    for (let round = 0; round < 1000; round += 1) {
      const copy = Buffer.from(bundle);
      copy[random(copy.length)] = random(256);
      const result = await verifySigned(copy, tree);
      // The signature covers what is signed; around it, what nobody relies on may change.
      if (result.verified) {
        expect(envelopeOf(copy)).toEqual(envelopeOf(bundle));
      }
    }
  });

  it("is read in linear time, however many files it lists", async () => {
    const resources = Array.from({ length: 100_000 }, (_, index) => ({
      name: `f${String(index).padStart(6, "0")}`,
      algorithm: "sha256",
      digest: "0".repeat(64),
    }));
    const bundle = spoiled((statement) => {
      statement.predicate.resources = resources;
      withRoot(statement);
    });
    const result = await verifySigned(bundle, modelTree({ a: "1" }));

    expect(result.problems.filter(({ rule }) => rule.id === "oms/file-missing").length).toBe(
      100_000,
    );
  });

  it("is refused by its size before it is parsed", async () => {
    const huge = Buffer.alloc(64 * 1024 * 1024 + 1, " ");

    expect(failuresOf(await verifySigned(huge, modelTree(MODEL)))[0]).toBe("oms/too-large");
  });
});
