import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";

import {
  failuresOf,
  modelTree,
  signed,
  spoiled,
  statementOf,
  verifySigned,
  withRoot,
} from "../../../test/builders/signed-model.ts";
import type { ModelContent } from "../../../test/builders/signed-model.ts";

const MODEL: ModelContent = {
  "config.json": '{"a": 1}',
  "sub/weights.bin": "\u0001".repeat(3000),
  "weights.bin": "\u0000".repeat(2000),
};

function envelopeOf(bundle: Buffer): object {
  const { dsseEnvelope } = JSON.parse(bundle.toString()) as {
    dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string }[] };
  };
  const { payload, payloadType, signatures } = dsseEnvelope;
  return { payload, payloadType, signature: signatures[0]?.sig };
}

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
    const bundle = spoiled(MODEL, (statement) => {
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
