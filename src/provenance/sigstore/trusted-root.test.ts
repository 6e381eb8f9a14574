import { describe, expect, it } from "vitest";
import { readAsset } from "../../bytes/file-source.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import { ageOfRoot, readTrustedRoot } from "./trusted-root.ts";

interface Shipped {
  readonly taken: string;
  readonly trustedRoot: Record<string, JsonValue>;
}

const shipped = readAsset("sigstore/public-good.json") as Shipped;

describe("a trusted root", () => {
  it("is read by itself, and out of a trust configuration", () => {
    const whole = shipped as unknown as JsonValue;
    expect(readTrustedRoot(shipped.trustedRoot)).toEqual(readTrustedRoot(whole));
    expect(readTrustedRoot(whole)).toMatchObject({
      kind: "root",
      root: { tlogs: { length: 2 }, certificateAuthorities: { length: 2 } },
    });
  });

  it.each(["tlogs", "ctlogs", "certificateAuthorities", "timestampAuthorities"])(
    "is refused where one of its %s has no beginning",
    (field) => {
      interface Spanned {
        readonly publicKey?: Spanned;
        readonly validFor: { start?: string };
      }
      const copy = structuredClone(shipped.trustedRoot);
      const [first] = copy[field] as unknown as readonly [Spanned];
      delete (first.publicKey ?? first).validFor.start;

      expect(readTrustedRoot(copy)).toMatchObject({
        kind: "refused",
        problem: { rule: { id: "sigstore/untrusted-root" } },
      });
    },
  );

  it.each<[string, JsonValue]>([
    ["nothing", {}],
    ["null", null],
    ["a list", []],
    ["a key that is none", { tlogs: [{ baseUrl: "x", publicKey: { rawBytes: "AAAA" } }] }],
    ["types that do not fit", { tlogs: 7, certificateAuthorities: "x" }],
  ])("is refused where it is %s", (_what, json) => {
    expect(readTrustedRoot(json).kind).toBe("refused");
  });

  it("is old after 90 days", () => {
    expect(ageOfRoot("2026-01-01", new Date("2026-04-01T12:00:00Z"))).toBeUndefined();
    expect(ageOfRoot("2026-01-01", new Date("2026-04-02T12:00:00Z"))?.evidence.message).toBe(
      "the trusted root is of 2026-01-01, 91 days old",
    );
  });

  it("ships with the day on which it was current", () => {
    expect(shipped.taken).toMatch(/^\d{4}-\d\d-\d\d$/);
  });
});
