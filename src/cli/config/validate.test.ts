import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, expect, it } from "vitest";

import { validateConfig } from "./validate.ts";
import { parseYaml } from "./yaml-text.ts";

const schema = JSON.parse(
  readFileSync(new URL("../../../assets/schemas/config-v1.schema.json", import.meta.url), "utf8"),
) as object;
const accepts = new Ajv2020({ allowUnionTypes: true }).compile(schema);

const DIGEST = "0123456789abcdef".repeat(4);

function read(text: string) {
  return validateConfig(parseYaml(text, "w.yaml"), "w.yaml");
}

describe("validateConfig", () => {
  it("reads everything that there is", () => {
    const text = `
      failOn: unknown
      include: ["*.pkl"]
      exclude: [old, "tmp/**"]
      limits: { outputBytes: 2GB, depth: 32 }
      knownNames:
        - module: mycompany.models
          name: Scaler.Inner
          reason: ours, reviewed
      suppressions:
        - { rule: pickle/dangerous-call, path: old/*.pt, reason: seen, expires: 2027-01-31 }
        - { rule: scan/polyglot, digest: "sha256:${DIGEST}", reason: seen, expires: "2028-02-29" }
    `;

    expect(read(text)).toEqual({
      failOn: "unknown",
      include: ["*.pkl"],
      exclude: ["old", "tmp/**"],
      limits: { outputBytes: 2e9, depth: 32 },
      knownNames: [{ module: "mycompany.models", name: "Scaler.Inner", reason: "ours, reviewed" }],
      suppressions: [
        { rule: "pickle/dangerous-call", path: "old/*.pt", reason: "seen", expires: "2027-01-31" },
        {
          rule: "scan/polyglot",
          digest: `sha256:${DIGEST}`,
          reason: "seen",
          expires: "2028-02-29",
        },
      ],
    });
    expect(accepts(parseYaml(text, ""))).toBe(true);
  });

  it.each(["", "# nothing yet", "include: []"])("takes %j", (text) => {
    expect(read(text)).toEqual(text === "include: []" ? { include: [] } : {});
    expect(accepts(parseYaml(text, ""))).toBe(true);
  });

  const rest = "path: a, reason: r, expires: 2027-01-31";
  const entry = "{ module: a.b, name: C, reason: r }";

  it.each([
    [`knownNames: [${entry}, ${entry}, { module: a, name: b }]`, "knownNames[2].reason is missing"],
    ["knownNames: [{ module: a, name: b, reason: }]", "knownNames[0].reason is missing"],
    ["knownNames: [{ module: a, name: b, reason: ' ' }]", "knownNames[0].reason is empty"],
    [
      "knownNames: [{ module: a, name: 3, reason: r }]",
      "knownNames[0].name has to be text; put it in quotes",
    ],
    [
      "knownNames: [{ module: 'a.*', name: b, reason: r }]",
      "knownNames[0].module is one exact name such as mycompany.models, without wildcards",
    ],
    [
      "knownNames: [{ module: a, name: b, reason: r, until: x }]",
      "knownNames[0].until is not a key",
    ],
    ["knownNames: { a: b }", "knownNames has to be a list"],
    ["knownNames: [a]", "knownNames[0] has to be a mapping of keys to values"],
    ["knowNames: []", "knowNames is not a key; did you mean knownNames?"],
    ["failOn: clean", "failOn is malicious, suspicious, incomplete or unknown"],
    ["failOn: true", "failOn is malicious, suspicious, incomplete or unknown"],
    ["include: '*.pkl'", "include has to be a list"],
    ["exclude: [1]", "exclude[0] has to be text; put it in quotes"],
    ["limits: { dept: 3 }", "limits has no limit dept; did you mean depth?"],
    [
      "limits: { depth: 0 }",
      "limits.depth is a whole number above 0 or a size such as 2GB and not 0",
    ],
    [
      "limits: { depth: 1.5 }",
      "limits.depth is a whole number above 0 or a size such as 2GB and not 1.5",
    ],
    ["limits: { entries: [] }", "limits.entries is a whole number above 0 or a size such as 2GB"],
    [
      `suppressions: [{ rule: truncated, ${rest} }]`,
      "suppressions[0].rule truncated is a state of a file and not a rule: what was not looked at cannot be suppressed",
    ],
    [
      `suppressions: [{ rule: config/unmatched-suppression, ${rest} }]`,
      "suppressions[0].rule config/unmatched-suppression is about the configuration, and its own findings cannot be suppressed",
    ],
    [
      "suppressions: [{ rule: scan/polyglot, reason: r, expires: 2027-01-31 }]",
      "suppressions[0] needs a path or a digest: what it covers",
    ],
    [
      "suppressions: [{ rule: scan/polyglot, digest: abc, reason: r, expires: 2027-01-31 }]",
      "suppressions[0].digest is a SHA-256 of 64 hexadecimal digits",
    ],
    [
      "suppressions: [{ rule: scan/polyglot, path: a, expires: 2027-01-31 }]",
      "suppressions[0].reason is missing",
    ],
    [
      "suppressions: [{ rule: scan/polyglot, path: a, reason: r }]",
      "suppressions[0].expires is missing",
    ],
    [
      "suppressions: [{ rule: scan/polyglot, path: a, reason: r, expires: 2027-13-01 }]",
      "suppressions[0].expires is a day such as 2027-01-31",
    ],
    [
      "suppressions: [{ rule: scan/polyglot, path: a, reason: r, until: 2027-01-01 }]",
      "suppressions[0].until is not a key",
    ],
    ["limits: 5", "limits has to be a mapping of keys to values"],
    ["- a", "the file has to be a mapping of keys to values"],
    ["just text", "the file has to be a mapping of keys to values"],
    ["__proto__: { failOn: unknown }", "__proto__ is not a key"],
  ])("refuses %s", (text, message) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: `w.yaml: ${message}` }),
    );
    expect(accepts(parseYaml(text, ""))).toBe(false);
  });
});

describe("suppressions", () => {
  const rest = "reason: r, expires: 2027-01-31";

  it.each([
    [
      `{ rule: pickle/dangerous-cal, path: a, ${rest} }`,
      "suppressions[0].rule pickle/dangerous-cal is not a rule; did you mean pickle/dangerous-call?",
    ],
    [
      `{ rule: scan/crashed, path: a, ${rest} }`,
      "suppressions[0].rule scan/crashed says that something was not looked at, and that cannot be suppressed",
    ],
    [
      `{ rule: scan/polyglot, path: "{a", ${rest} }`,
      "suppressions[0].path is not a glob: the pattern {a opens a { and does not close it",
    ],
    [
      "{ rule: scan/polyglot, path: a, reason: r, expires: 2027-02-29 }",
      "suppressions[0].expires is a day such as 2027-01-31",
    ],
  ])("refuse %s, which a schema cannot", (entry, message) => {
    expect(() => read(`suppressions: [${entry}]`)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: `w.yaml: ${message}` }),
    );
  });
});

describe("parseYaml", () => {
  it.each([
    ["a: [", "w.yaml:1:"],
    ["a: 1\na: 2", "w.yaml:2:1: "],
    ["a: !!python/object:os.system x", "w.yaml:1:4: "],
  ])("refuses %j with the place", (text, start) => {
    expect(() => read(text)).toThrow(
      expect.objectContaining({
        code: "CONFIG_INVALID",
        message: expect.stringContaining(start) as string,
      }),
    );
  });

  it("refuses what expands without end", () => {
    const lines = ["a0: &a0 [x, x, x, x, x, x, x, x]"];
    for (let index = 1; index < 20; index += 1) {
      const previous = `*a${index - 1}`;
      lines.push(`a${index}: &a${index} [${Array.from({ length: 8 }, () => previous).join(", ")}]`);
    }

    expect(() => read(lines.join("\n"))).toThrow("w.yaml: it repeats itself");
  });
});
