import { describe, expect, it } from "vitest";

import { readStatement } from "./read-statement.ts";

const SHA256 = "a".repeat(64);
const GOOD = {
  _type: "https://in-toto.io/Statement/v1",
  subject: [{ name: "model", digest: { sha256: SHA256 } }],
  predicateType: "https://example.org/review/v1",
  predicate: { fine: true },
};

function read(value: unknown): ReturnType<typeof readStatement> {
  return readStatement(Buffer.from(typeof value === "string" ? value : JSON.stringify(value)));
}

function detail(value: unknown): string {
  const result = read(value);
  return result.kind === "failed" ? result.detail : "read";
}

describe("statements", () => {
  it("of any predicate are read, with fields that nobody knows", () => {
    const { kind, ...rest } = read({ ...GOOD, unknown: [1] });

    expect(kind).toBe("statement");
    expect(rest).toEqual({
      statement: {
        subject: GOOD.subject,
        predicateType: GOOD.predicateType,
        predicate: { fine: true },
      },
    });
    expect(detail({ ...GOOD, _type: "https://in-toto.io/Statement/v0.1" })).toBe("read");
    expect(detail({ ...GOOD, predicate: undefined })).toBe("read");
  });

  it("with several subjects are about all of them", () => {
    const subject = [
      { digest: { sha256: SHA256 } },
      { name: "b", digest: { gitCommit: "b".repeat(40) } },
    ];
    const result = read({ ...GOOD, subject });

    expect(result).toMatchObject({ kind: "statement", statement: { subject } });
  });

  it.each([
    ["no subject", { ...GOOD, subject: [] }, "about nothing"],
    ["no list of subjects", { ...GOOD, subject: GOOD.subject[0] }, "about nothing"],
    [
      "a subject without a digest",
      { ...GOOD, subject: [{ name: "model" }] },
      "no subject[0].digest",
    ],
    [
      "one of several without a digest",
      { ...GOOD, subject: [...GOOD.subject, { digest: {} }] },
      "subject[1].digest has no digest",
    ],
    [
      "a digest that is too short",
      { ...GOOD, subject: [{ digest: { sha256: "abcd" } }] },
      "no sha256",
    ],
    [
      "a digest in upper case",
      { ...GOOD, subject: [{ digest: { sha256: "A".repeat(64) } }] },
      "lower-case",
    ],
    ["a digest that is a number", { ...GOOD, subject: [{ digest: { custom: 1 } }] }, "no digest"],
    ["a type that is no URI", { ...GOOD, predicateType: "review" }, "predicateType is no URI"],
    ["no type", { ...GOOD, predicateType: undefined }, "predicateType is no text"],
    ["a predicate that is a list", { ...GOOD, predicate: [] }, "predicate is no object"],
    ["another kind of document", { ...GOOD, _type: "https://example.org" }, "its type is"],
    ["a list", [GOOD], "no JSON object"],
  ])("with %s are refused", (_what, value, expected) => {
    expect(detail(value)).toContain(expected);
  });

  it("are refused with a key twice, at any depth", () => {
    const text = JSON.stringify(GOOD);

    expect(detail(text.replace('"fine":true', '"fine":true,"fine":false'))).toContain("twice");
    expect(detail(text.replace('"_type"', String.raw`"_type":1,"\u005ftype"`))).toContain("twice");
  });

  it("are refused where they are nested deeply, or large", () => {
    const deep = `${"[".repeat(5000)}${"]".repeat(5000)}`;
    const many = Array.from({ length: 10_001 }, () => ({ digest: { sha256: SHA256 } }));

    expect(detail(JSON.stringify(GOOD).replace("true", deep))).toContain("deep");
    expect(detail({ ...GOOD, subject: many })).toContain("10001 subjects");
    expect(detail({ ...GOOD, predicate: { text: "x".repeat(65 * 1024 * 1024) } })).toContain(
      "larger than",
    );
  });

  it("are never thrown about, wherever they are cut", () => {
    const bytes = Buffer.from(JSON.stringify(GOOD));
    for (let length = 0; length < bytes.length; length += 1) {
      expect(readStatement(bytes.subarray(0, length)).kind).toBe("failed");
    }
  });

  it("have no fields but their own", () => {
    const text = JSON.stringify(GOOD).replace('{"_type"', '{"__proto__":{"subject":[]},"_type"');

    expect(detail(text.replace(/"subject":\[[^\]]*\],/, ""))).toContain("about nothing");
  });
});
