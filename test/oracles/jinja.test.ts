/** What Jinja 2 itself says of templates, where Python has it. */

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

import { parseTemplate } from "../../src/codecs/jinja/parse-template.ts";
import { analyzeTemplate } from "../../src/machines/template/analyze-template.ts";
import { ReachWriter } from "../builders/random-reach.ts";
import { TemplateWriter } from "../builders/random-template.ts";
import { Random } from "../fuzz/random.ts";

const PROGRAM = fileURLToPath(new URL("jinja.py", import.meta.url));
const hasJinja = spawnSync("python3", ["-I", "-c", "import jinja2"]).status === 0;

function ask<Answer>(question: "parse" | "render", templates: readonly string[]): Answer[] {
  const { stdout, stderr, status } = spawnSync("python3", ["-I", PROGRAM, question], {
    encoding: "utf8",
    input: JSON.stringify(templates),
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`the oracle fails: ${stderr}`);
  return JSON.parse(stdout) as Answer[];
}

/** Ways to write a name that a template reaches. */
const WAYS: readonly ((name: string) => string)[] = [
  (name) => `x.${name}`,
  (name) => `x['${name}']`,
  (name) => `x|attr('${name}')`,
  (name) => `x['${name.slice(0, 3)}' ~ '${name.slice(3)}']`,
  (name) => `x['${name.slice(0, 3)}' '${name.slice(3)}']`,
  (name) => `x['${Array.from(name).reverse().join("")}'[::-1]]`,
  (name) => `x['${Array.from(name).reverse().join("")}'|reverse]`,
  (name) => `x[['${Array.from(name).join("', '")}']|join]`,
  (name) => `x['%s${name.slice(2)}'|format('${name.slice(0, 2)}')]`,
  (name) =>
    `x['${Array.from(name)
      .map((c) => `\\x${c.charCodeAt(0).toString(16)}`)
      .join("")}']`,
  (name) => `x['${name.toUpperCase()}'|lower]`,
  (name) => `[x]|map(attribute='${name}')|list`,
  (name) => `'{0.${name}}'.format(x)`,
  (name) => `x['--${name}'[2:]]`,
];
const REACHED = [
  "__class__",
  "__init__",

  "__doc__",
  "content",
  "append",
  "count",
  "role",
];
/** All objects have them: what is not there, the sandbox does not refuse. */
const INTERNAL = ["__class__", "__init__", "__doc__", "__dir__", "__eq__", "__reduce_ex__"];
const ORDINARY = ["content", "role", "x", "append", "count", "upper", "title", "real", "next"];
const OBJECTS = ["x", "messages[0]", "'text'", "cycler", "range", "self", "messages[0].content"];

describe.skipIf(!hasJinja)("Jinja 2", () => {
  it("parses what is parsed here, and nothing else", () => {
    const writer = new TemplateWriter(new Random(2));
    const sound = Array.from({ length: 6000 }, () => writer.body(3));
    const templates = [...sound, ...sound.map((template) => writer.damaged(template))];
    const answers = ask<boolean | null>("parse", templates);
    expect(answers.filter((answer) => answer === true).length).toBeGreaterThan(1000);
    expect(answers.filter((answer) => answer === false).length).toBeGreaterThan(1000);
    const differing = templates.filter((template, index) => {
      const { problem } = parseTemplate(template);
      return answers[index] !== null && (problem === undefined) !== answers[index];
    });
    expect(differing).toEqual([]);
  });

  it("refuses in its sandbox what is malicious here, and renders what is not", () => {
    const templates = OBJECTS.flatMap((object) =>
      REACHED.flatMap((name) =>
        WAYS.map((way) => `{{ ${way(name).replaceAll(/\bx\b/g, () => object)} }}`),
      ),
    );
    const answers = ask<string>("render", templates);
    expect(new Set(answers)).toEqual(new Set(["refused", "rendered"]));
    const differing = templates.filter((template, index) => {
      const { capabilities } = analyzeTemplate(parseTemplate(template).body, template);
      const isMalicious = capabilities.some(({ kind }) => kind === "internals");
      return answers[index] === "refused" && !isMalicious;
    });
    expect(differing).toEqual([]);
    const accused = templates.filter((template, index) => {
      const { capabilities } = analyzeTemplate(parseTemplate(template).body, template);
      return answers[index] === "rendered" && capabilities.some(({ kind }) => kind === "internals");
    });
    expect(accused).toEqual([]);
  });

  describe("templates that put names together at random", () => {
    const writer = new ReachWriter(new Random(7));
    const random = new Random(8);
    const written = Array.from({ length: 3000 }, (_, index) =>
      writer.template(random.pick(index % 2 === 0 ? INTERNAL : ORDINARY)),
    );
    const isMalicious = (template: string): boolean =>
      analyzeTemplate(parseTemplate(template).body, template).capabilities.some(
        ({ kind }) => kind === "internals" || kind === "dangerous-call",
      );
    let answers: string[] = [];

    it("are rendered or refused", () => {
      answers = ask<string>("render", written);
      const count = (answer: string): number => answers.filter((each) => each === answer).length;
      expect(count("refused")).toBeGreaterThan(1000);
      expect(count("rendered")).toBeGreaterThan(1000);
    });

    it("are malicious where the sandbox refuses them", () => {
      const missed = written.filter(
        (template, index) => answers[index] === "refused" && !isMalicious(template),
      );
      expect(missed).toEqual([]);
    });

    it("are not malicious where it renders them", () => {
      const accused = written.filter(
        (template, index) => answers[index] === "rendered" && isMalicious(template),
      );
      expect(accused).toEqual([]);
    });
  });
});
