/** Notes, keys and checkpoints: the example of signed-note, Go's keys, and checkpoints that logs of others have written. */

import { createHash, generateKeyPairSync, sign } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { vectors } from "../../../test/vectors.ts";
import { parseCheckpoint, verifyCheckpoint } from "./checkpoint.ts";
import { formatNote, parseNote, signNote, verifyNote } from "./note.ts";
import { formatSignerKey, parseSignerKey, signerFromSeed } from "./signer-key.ts";
import { ed25519Verifier, formatVerifierKey, parseVerifierKey } from "./verifier-key.ts";

const SPEC_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const SPEC_NOTE =
  "This is an example message.\n\n\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

const signer = signerFromSeed("example.org/log", Buffer.alloc(32, 1));
const other = signerFromSeed("example.org/other", Buffer.alloc(32, 2));

function note(text: string) {
  return parseNote(Buffer.from(text), "it");
}

describe("signed notes", () => {
  it("verify as the specification's example does", () => {
    const key = parseVerifierKey(SPEC_KEY);
    expect(formatVerifierKey(key)).toBe(SPEC_KEY);
    expect(verifyNote(note(SPEC_NOTE), [key])).toEqual([{ key }]);
    expect(formatNote(note(SPEC_NOTE))).toBe(SPEC_NOTE);
  });

  it("are split at the last blank line", () => {
    const { text } = note(formatNote(signNote("a\n\nb\n", [signer])));
    expect(text).toBe("a\n\nb\n");
  });

  it("keep signatures of keys that nobody trusts, and believe nothing of them", () => {
    const both = note(formatNote(signNote("a\n", [signer, other])));
    expect(verifyNote(both, [other.verifier])).toEqual([{ key: other.verifier }]);
    expect(verifyNote(both, [])).toEqual([]);
    const named = { ...other.verifier, name: signer.verifier.name };
    expect(verifyNote(both, [named])).toEqual([]);
  });

  it("count a key that signs twice once, and are worthless where one of its signatures is", () => {
    const { text, signatures } = signNote("a\n", [signer]);
    const twice = { text, signatures: [...signatures, ...signatures] };
    expect(verifyNote(twice, [signer.verifier])).toHaveLength(1);
    const wrong = signNote("b\n", [signer]).signatures;
    for (const order of [
      [...signatures, ...wrong],
      [...wrong, ...signatures],
    ]) {
      expect(() => verifyNote({ text, signatures: order }, [signer.verifier])).toThrow(
        /signature of "example.org\/log" \(key [0-9a-f]{8}\) does not verify/,
      );
    }
  });

  it("take sixteen signatures and more", () => {
    const many = Array.from({ length: 20 }, (_, at) =>
      signerFromSeed(`example.org/${at}`, Buffer.alloc(32, at)),
    );
    const read = note(formatNote(signNote("a\n", many)));
    const keys = many.map(({ verifier }) => verifier);
    expect(verifyNote(read, keys)).toHaveLength(20);
  });

  it.each([
    ["", "no blank line"],
    ["a\n", "no blank line"],
    ["a\n\n", "nobody signed it"],
    ["a\tb\n\n\u2014 x AAAAAAA=\n", "control characters"],
    ["a\r\n\n\u2014 x AAAAAAA=\n", "control characters"],
    ["a\n\n\u2014 x AAAAAAA=", "does not end in a newline"],
    ["a\n\n- x AAAAAAA=\n", "is no signature"],
    ["a\n\n\u2014 x AAAA\n", "is no signature"],
    ["a\n\n\u2014 x AAAAAAB=\n", "is no signature"],
    ["a\n\n\u2014 x+y AAAAAAA=\n", "is no signature"],
    ["a\n\n\u2014 x AAAAAAA= b\n", "is no signature"],
  ])("are not %j", (text, why) => {
    expect(() => note(text)).toThrow(expect.objectContaining({ code: "LOG_INVALID" }));
    expect(() => note(text)).toThrow(why);
  });

  it("are UTF-8, and have an end", () => {
    expect(() => parseNote(Buffer.from([0xff, 0x0a]), "it")).toThrow("not UTF-8");
    expect(() => parseNote(Buffer.alloc(2 ** 20 + 1, 97), "it")).toThrow("too long");
  });
});

describe("keys", () => {
  it("go out and come in as Go has them", () => {
    const line =
      "PRIVATE+KEY+example.com/log/testdata+33d7b496+AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg";
    const key = parseSignerKey(line);
    expect(formatSignerKey(key)).toBe(line);
    expect(formatVerifierKey(key.verifier)).toBe(
      "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx",
    );
  });

  it.each([
    "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/fo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
    "a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "",
    "PRIVATE+KEY",
  ])("are not %j", (text) => {
    expect(() => parseVerifierKey(text)).toThrow(expect.objectContaining({ code: "LOG_INVALID" }));
  });

  it("never say a word of a private key that cannot be read", () => {
    const secret = Buffer.from([1, ...Buffer.alloc(32, 5)]).toString("base64");
    for (const line of [`PRIVATE+KEY+a+00000000+${secret}`, `PRIVATE+KEY+${secret}`]) {
      expect(() => parseSignerKey(line)).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining(secret.slice(4, 12)) }),
      );
    }
  });

  it("may be ECDSA, whose hash is that of the key alone", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const der = publicKey.export({ type: "spki", format: "der" });
    const id = createHash("sha256").update(der).digest("hex").slice(0, 8);
    const encoded = Buffer.concat([Buffer.from([2]), der]).toString("base64");
    const key = parseVerifierKey(`example.org/ec+${id}+${encoded}`);
    const signatures = [
      { name: key.name, id, bytes: sign("sha256", Buffer.from("a\n"), privateKey) },
    ];
    expect(verifyNote({ text: "a\n", signatures }, [key])).toEqual([{ key }]);
    expect(() => verifyNote({ text: "b\n", signatures }, [key])).toThrow("does not verify");
  });
});

/** Node learned ML-DSA with 24. */
const knowsMlDsa = Number(process.versions.node.split(".")[0]) >= 24;

describe.skipIf(!knowsMlDsa)("cosignatures with ML-DSA-44", () => {
  it("verify over the tree that the checkpoint names, and over no other text", () => {
    const generate = generateKeyPairSync as unknown as (type: string) => {
      publicKey: KeyObject;
      privateKey: KeyObject;
    };
    const { publicKey, privateKey } = generate("ml-dsa-44");
    const material = publicKey.export({ type: "spki", format: "der" }).subarray(-1312);
    const typed = Buffer.concat([Buffer.from([6]), material]);
    const name = "witness.example/pq";
    const id = createHash("sha256").update(`${name}\n`).update(typed).digest("hex").slice(0, 8);
    const key = parseVerifierKey(`${name}+${id}+${typed.toString("base64")}`);
    expect(formatVerifierKey(key)).toBe(`${name}+${id}+${typed.toString("base64")}`);

    const text = `example.org/log\n5\n${Buffer.alloc(32, 7).toString("base64")}\n`;
    // As the specification lays it out, byte for byte.
    const message = Buffer.concat([
      Buffer.from("subtree/v1\n\0\u0012witness.example/pq"),
      Buffer.from("000000006553f100", "hex"),
      Buffer.from("\u000fexample.org/log"),
      Buffer.from("00000000000000000000000000000005", "hex"),
      Buffer.alloc(32, 7),
    ]);
    const time = Buffer.from("000000006553f100", "hex");
    const signatures = [
      { name, id, bytes: Buffer.concat([time, sign(null, message, privateKey)]) },
    ];
    expect(verifyNote({ text, signatures }, [key])).toEqual([{ key, time: 1_700_000_000 }]);
    for (const other of [text.replace("5", "6"), text.replace("log", "gol"), "no checkpoint\n"]) {
      expect(() => verifyNote({ text: other, signatures }, [key])).toThrow("does not verify");
    }
  });
});

const bundles = vectors("sigstore-bundles/bundle-verify");

interface Bundle {
  readonly verificationMaterial: {
    readonly tlogEntries: readonly {
      readonly inclusionProof: { readonly checkpoint: { readonly envelope: string } };
    }[];
  };
}

interface TrustedRoot {
  readonly tlogs: readonly {
    readonly baseUrl: string;
    readonly publicKey: { readonly rawBytes: string; readonly keyDetails: string };
  }[];
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(bundles ?? "", path), "utf8"));
}

/** Why sigstore's clients refuse it is in the note, or not a thing of notes. */
const REFUSED = new Map([
  ["rekor2-checkpoint-missing-log-signature_fail", "nobody signed it"],
  ["rekor2-checkpoint-missing-origin_fail", "has to name origin, size and root"],
  ["rekor2-checkpoint-missing-root-hash_fail", "has to name origin, size and root"],
  ["rekor2-checkpoint-missing-size_fail", "has to name origin, size and root"],
  ["rekor2-checkpoint-no-matching-signature_fail", "is not signed by"],
]);

describe.skipIf(bundles === undefined)("checkpoints of Rekor", () => {
  const names = bundles === undefined ? [] : readdirSync(bundles);
  const cases = names.filter((name) => name.startsWith("rekor2-checkpoint-"));

  it.each(cases)("%s", (name) => {
    const [entry] = (readJson(`${name}/bundle.sigstore.json`) as Bundle).verificationMaterial
      .tlogEntries;
    const root = readJson(`${name}/trusted_root.json`) as TrustedRoot;
    const keys = root.tlogs
      .filter(({ publicKey }) => publicKey.keyDetails === "PKIX_ED25519")
      .map(({ baseUrl, publicKey }) =>
        ed25519Verifier(
          new URL(baseUrl).host,
          Buffer.from(publicKey.rawBytes, "base64").subarray(-32),
        ),
      );
    const { envelope } = entry!.inclusionProof.checkpoint;
    const read = () => verifyCheckpoint(parseCheckpoint(Buffer.from(envelope), "it"), keys);
    const why = REFUSED.get(name);
    if (why === undefined) {
      expect(read()).toHaveLength(1);
    } else {
      expect(read).toThrow(why);
    }
  });

  it("are all here", () => {
    expect(cases.length).toBeGreaterThanOrEqual(10);
  });
});
