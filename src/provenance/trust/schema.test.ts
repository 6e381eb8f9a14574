/** The published schema and the reader agree: what one refuses for its shape, the other refuses too. */

import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";

import { HEAD, hex, mistakesIn } from "../../../test/builders/trust.ts";
import { parseYaml } from "../../cli/config/yaml-text.ts";
import { policyTemplate } from "../../cli/trust/policy-template.ts";

const schema = JSON.parse(
  readFileSync(
    new URL("../../../assets/schemas/trust-policy-v1.schema.json", import.meta.url),
    "utf8",
  ),
) as object;
const validate = new Ajv2020({ strict: false }).compile(schema);

const rule = (text: string): string => `${HEAD}rules:\n  - { match: "hf:x", ${text} }\n`;
const PEM =
  "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE\n-----END PUBLIC KEY-----\n";

describe("the schema of policies", () => {
  it.each([
    rule("require: { signature: hsm }"),
    rule("require: { signature: [hsm, laptop] }, level: audit, onFail: hold, final: false"),
    rule("require: { signature: { threshold: 2, of: [hsm, staff] }, timestamp: true, log: true }"),
    rule("require: { signature: hsm, log: { origin: a, witnesses: 2 } }, pin: tofu"),
    rule(
      "require: { attestations: [{ type: 'a:b', by: hsm, maxAge: 30d, where: 'true', count: 2 }] }",
    ),
    rule(
      "require: { lineage: { depth: 1, gaps: warn, baseModels: ['hf:*'] } }, forbid: [symlinks]",
    ),
    `${rule("level: skip")}revocations:\n  - { log: { index: 3 }, reason: x }\n`,
    `${rule("level: skip")}delegations:\n  - { name: a, paths: 'hf:a/*', to: hsm, expires: 2027-01-01, policy: a.yaml }\n`,
    policyTemplate([], "2026-11-21"),
    policyTemplate(
      [
        { file: "a/me.pub", pem: PEM },
        { file: "..pub", pem: PEM },
      ],
      "2028-02-29",
    ),
  ])("takes what the reader takes: %#", (text) => {
    expect(mistakesIn(text)).toEqual([]);
    expect(validate(parseYaml(text, "x")) ? [] : validate.errors).toEqual([]);
  });

  it("takes what the documentation shows", () => {
    const page = readFileSync(new URL("../../../docs/trust.md", import.meta.url), "utf8");
    const shown = Array.from(page.matchAll(/```yaml\n([\s\S]*?)```/g), ([, text = ""]) => text);
    const [policy = "", delegations = ""] = shown;
    const whole = policy.replace("3f9a…", hex("key"));
    const keys = ["ana", "bo"].map((name) => `  - { name: ${name}, key: { file: ${name}.pub } }\n`);
    const delegating = whole.replace("rules:\n", `${keys.join("")}rules:\n`) + delegations;

    expect(shown).toHaveLength(2);
    for (const text of [whole, delegating]) {
      expect(mistakesIn(text)).toEqual([]);
      expect(validate(parseYaml(text, "x")) ? [] : validate.errors).toEqual([]);
    }
  });

  it.each([
    rule("requires: {}"),
    rule("level: none"),
    rule("onFail: allow"),
    rule("pin: first"),
    rule("require: { signature: [] }"),
    rule("require: { signature: { threshold: 0, of: hsm } }"),
    rule("require: { attestations: [{ type: scan, by: hsm }] }"),
    rule("require: { attestations: [{ type: 'a:b', by: hsm, maxAge: 1y }] }"),
    rule("forbid: [everything]"),
    HEAD,
    `${HEAD}rules: []\n`,
    rule("level: skip").replace("version: 7", "version: 1.5"),
    rule("level: skip").replace("2027-06-30", "soon"),
    rule("level: skip").replace(hex("hsm"), "abc"),
    rule("level: skip").replace("key: {", "key: { file: a, pem: b,"),
    `${rule("level: skip")}revocations:\n  - { key: ${hex("a")}, digest: ${hex("a")}, reason: x }\n`,
  ])("refuses what the reader refuses: %#", (text) => {
    expect(mistakesIn(text)).not.toEqual([]);
    expect(validate(parseYaml(text, "x"))).toBe(false);
  });
});
