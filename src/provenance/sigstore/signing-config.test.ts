import { describe, expect, it } from "vitest";
import { readAsset } from "../../bytes/file-source.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import { readSigningConfig } from "./signing-config.ts";

const NOW = new Date("2026-06-01T00:00:00Z");

function service(url: string, more: Record<string, JsonValue> = {}): JsonValue {
  return {
    url,
    majorApiVersion: 1,
    validFor: { start: "2025-01-01T00:00:00Z" },
    operator: "a",
    ...more,
  };
}

function config(more: Record<string, JsonValue> = {}): JsonValue {
  return {
    mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
    caUrls: [service("https://ca.test")],
    rekorTlogUrls: [service("https://log.test")],
    rekorTlogConfig: { selector: "ANY" },
    tsaUrls: [service("https://tsa.test")],
    tsaConfig: { selector: "ANY" },
    ...more,
  };
}

function logsOf(more: Record<string, JsonValue>): unknown {
  const read = readSigningConfig(config(more), NOW);
  return read.kind === "services" ? read.services.logs.map(({ url }) => url) : read.reason;
}

describe("a signing configuration", () => {
  it("ships for the public instance", () => {
    expect(readSigningConfig(readAsset("sigstore/public-good.json") as JsonValue, NOW)).toEqual({
      kind: "services",
      services: {
        certificateAuthority: { url: "https://fulcio.sigstore.dev", version: 1 },
        logs: [{ url: "https://rekor.sigstore.dev", version: 1 }],
        timestampAuthorities: [
          { url: "https://timestamp.sigstore.dev/api/v1/timestamp", version: 1 },
        ],
        identityProvider: "https://oauth2.sigstore.dev/auth",
      },
    });
  });

  it.each<[string, readonly JsonValue[], readonly string[]]>([
    [
      "the highest version that is spoken here",
      [service("1"), { majorApiVersion: 2 }, { majorApiVersion: 3 }].map((each, index) =>
        service(`https://log${index}.test`, each as Record<string, JsonValue>),
      ),
      ["https://log1.test"],
    ],
    [
      "the newest of one version",
      [
        service("https://old.test"),
        service("https://new.test", { validFor: { start: "2026-01-01T00:00:00Z" } }),
      ],
      ["https://new.test"],
    ],
    [
      "one that is in use",
      [
        service("https://gone.test", {
          validFor: { start: "2025-06-01T00:00:00Z", end: "2026-05-01T00:00:00Z" },
        }),
        service("https://later.test", { validFor: { start: "2027-01-01T00:00:00Z" } }),
        service("https://now.test"),
      ],
      ["https://now.test"],
    ],
    [
      "one with an address of the web",
      [service("file:///etc/passwd"), service("nowhere"), service("https://now.test")],
      ["https://now.test"],
    ],
  ])("gives %s", (_what, rekorTlogUrls, expected) => {
    expect(logsOf({ rekorTlogUrls })).toEqual(expected);
  });

  it("gives as many as its selector says, each of another operator", () => {
    const rekorTlogUrls = [
      service("https://a.test"),
      service("https://a2.test"),
      service("https://b.test", { operator: "b" }),
      service("https://c.test", { operator: "c" }),
    ];
    const select = (rekorTlogConfig: JsonValue) => logsOf({ rekorTlogUrls, rekorTlogConfig });

    expect(select({ selector: "ANY" })).toHaveLength(1);
    expect(select({ selector: "EXACT", count: 2 })).toHaveLength(2);
    expect(select({ selector: "ALL" })).toEqual([
      "https://a.test",
      "https://b.test",
      "https://c.test",
    ]);
    expect(select({ selector: "EXACT", count: 4 })).toContain("names 3 that are in use");
    expect(select({ selector: "MOST" })).toContain("not known here");
  });

  it.each<[string, JsonValue]>([
    ["is of another type", { mediaType: "application/json" }],
    ["is empty", {}],
    ["is nothing", null],
    ["names no authority", config({ caUrls: [] })],
    ["names no log", config({ rekorTlogUrls: 7 })],
    [
      "has a log without times and nobody who stamps",
      config({ rekorTlogUrls: [service("https://log.test", { majorApiVersion: 2 })], tsaUrls: [] }),
    ],
  ])("is refused where it %s", (_what, json) => {
    expect(readSigningConfig(json, NOW).kind).toBe("refused");
  });
});
