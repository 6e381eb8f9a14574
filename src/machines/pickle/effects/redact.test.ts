import { describe, expect, it } from "vitest";
import { redact } from "./redact.ts";

const FILL = "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0fD3hJ6kL9n";

describe("redact", () => {
  it.each([
    ["hf_", `hf_${FILL}`],
    ["ghp_", `ghp_${FILL}`],
    ["github_pat_", `github_pat_11AB_${FILL}`],
    ["glpat-", `glpat-${FILL.slice(0, 20)}`],
    ["AKIA", "AKIAIOSFODNN7EXAMPLE"],
    ["AIza", `AIza${FILL.slice(0, 35)}`],
    ["sk-", `sk-proj-${FILL}`],
    ["xoxb-", "xoxb-1234567890-abcdefghij"],
    ["npm_", `npm_${FILL}`],
    ["eyJ", `eyJ${FILL}.${FILL}.${FILL}`],
  ])("hides what follows %s", (prefix, token) => {
    const shown = redact(`curl -H x:${token} http://h/`);
    expect(shown).toContain(`${prefix}[redacted]`);
    expect(shown).not.toContain(FILL.slice(8, 16));
    expect(shown).not.toContain("IOSFODNN7");
    expect(shown).toContain("http://h/");
  });

  it.each([
    ["password=hunter2xyz", "password=[redacted]"],
    ['{"api_key": "0123456789"}', '{"api_key": "[redacted]"}'],
    ["Authorization: Bearer abcdefghijkl", "Authorization: Bearer [redacted]"],
    ["postgres://me:swordfish@host/db", "postgres://me:[redacted]@host/db"],
    ["ACCESS_TOKEN: abcd1234", "ACCESS_TOKEN: [redacted]"],
  ])("%s", (text, shown) => {
    expect(redact(text)).toBe(shown);
  });

  it("cuts key blocks out, with and without an end", () => {
    const block = "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----";
    expect(redact(`a ${block} b`)).toBe("a [redacted] b");
    expect(redact("a -----BEGIN PRIVATE KEY-----\nMIIabc")).toBe("a [redacted]");
    expect(redact(`${block}${block}`)).toBe("[redacted][redacted]");
  });

  it.each([
    "touch wb_canary",
    "curl http://example.com/x | sh",
    "hf_short",
    "sk-learn",
    "tokenizer=x",
    "a@b.c",
  ])("leaves %s", (text) => {
    expect(redact(text)).toBe(text);
  });

  it("stays linear on what almost matches", () => {
    const text = "password ".repeat(50_000) + "-----BEGIN PRIVATE KEY ".repeat(20_000);
    expect(redact(text)).toBe(text);
  });
});
