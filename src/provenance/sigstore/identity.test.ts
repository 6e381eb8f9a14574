import { describe, expect, it } from "vitest";
import { identityPattern, isExpected } from "./identity.ts";

const WORKFLOW = "https://github.com/acme/model/.github/workflows/release.yml@refs/tags/v1";

function compiled(text: string) {
  const pattern = identityPattern(text);
  if (pattern.kind !== "pattern") throw new Error(pattern.reason);
  return pattern;
}

describe("an exact identity", () => {
  const exact = { kind: "exact", value: "release@acme.example" } as const;

  it("is itself", () => {
    expect(isExpected("release@acme.example", exact)).toBe(true);
  });

  it.each([
    ["something behind", "release@acme.example.evil.test"],
    ["something before", "evil-release@acme.example"],
    ["a newline", "release@acme.example\n"],
    ["another line", "evil\nrelease@acme.example"],
    ["another case", "Release@acme.example"],
    ["a letter that looks alike", "rele\u0430se@acme.example"],
    ["another normal form", "rele\u0061\u0301se@acme.example"],
    ["an invisible character", "release\u200b@acme.example"],
    ["a wildcard that means nothing", "*@acme.example"],
    ["a dot as any character", "release@acmexexample"],
    ["nothing", ""],
  ])("is not %s", (_what, name) => {
    expect(isExpected(name, exact)).toBe(false);
  });

  it("is not a pattern", () => {
    expect(isExpected("release@acme.example", { kind: "exact", value: "*@acme.example" })).toBe(
      false,
    );
  });
});

describe("a pattern", () => {
  it.each([
    ["https://github.com/acme/model/.github/workflows/release.yml@refs/tags/*", WORKFLOW],
    ["https://github.com/acme/*/.github/workflows/*.yml@refs/tags/v*", WORKFLOW],
    ["https://github.com/acme/**", WORKFLOW],
    ["*@acme.example", "release@acme.example"],
    ["rel*se@acme.example", "release@acme.example"],
  ])("%s means %s", (text, name) => {
    expect(isExpected(name, compiled(text))).toBe(true);
  });

  it.each([
    ["something behind", "https://github.com/acme/*", WORKFLOW],
    ["something before", "https://github.com/acme/**", `https://evil.test/?${WORKFLOW}`],
    ["a look-alike owner", "https://github.com/acme/**", WORKFLOW.replace("acme", "acme-evil")],
    ["a look-alike host", "https://github.com/acme/**", WORKFLOW.replace(".com", "xcom")],
    [
      "a step for a wildcard",
      "https://github.com/acme/*.yml@x",
      "https://github.com/acme/a/b.yml@x",
    ],
    ["another line", "https://github.com/acme/**", `${WORKFLOW}\nmore`],
    ["a second address", "*@acme.example", "evil@evil.test@acme.example"],
    ["another case", "*@acme.example", "release@ACME.example"],
    ["a domain below", "*@acme.example", "release@acme.example.evil.test"],
    ["a regular expression", "https://github.com/acme/.+*", WORKFLOW],
  ])("does not mean %s", (_what, text, name) => {
    expect(isExpected(name, compiled(text))).toBe(false);
  });

  it.each([
    "*",
    "**",
    "https://**",
    "https://*.com/acme/**",
    "https://github.com/**",
    "https://github.com/*/model",
    "https://github.com*/acme/",
    "*://github.com/acme/**",
    "https://github.com//**",
    "release@*",
    "release@*.example",
    "release@acme.example",
    "acme*",
    "*@",
  ])("%s is refused, since it would let in strangers or needs no pattern", (text) => {
    expect(identityPattern(text)).toMatchObject({ kind: "refused" });
  });

  it("stays linear on what would send a backtracking matcher for a walk", () => {
    const pattern = compiled(`https://github.com/acme/${"*a".repeat(200)}b`);
    expect(isExpected(`https://github.com/acme/${"a".repeat(2000)}`, pattern)).toBe(false);
  });

  it("has no opinion on names that are longer than any name", () => {
    const name = `https://github.com/acme/${"a".repeat(3000)}`;
    expect(isExpected(name, compiled("https://github.com/acme/*"))).toBe(false);
  });
});
