/** A lineage as a tree: the model at the top, what it was made from below it, and at the end what is wrong. */

import { escapeText, quote } from "../../kernel/text.ts";
import type { Lineage, LineageNode, NodeState, Said } from "../../provenance/lineage/lineage.ts";
import type { Style } from "../terminal/style.ts";

const MARKS: Readonly<Record<NodeState, { readonly mark: string; readonly text: string }>> = {
  made: { mark: "✔", text: "" },
  vouched: { mark: "✔", text: "" },
  unsigned: { mark: "?", text: "nobody who is trusted answers for it" },
  gap: { mark: "✘", text: "it is not known where it comes from" },
  cycle: { mark: "✘", text: "it is made from itself" },
};
const VERDICTS: Readonly<Record<NodeState, "clean" | "incomplete" | "malicious">> = {
  made: "clean",
  vouched: "clean",
  unsigned: "incomplete",
  gap: "malicious",
  cycle: "malicious",
};
const SHOWN_PARAMETERS = 6;

/** The lines, each ending with a line feed. */
export function lineageTree(lineage: Lineage, style: Style): string {
  const lines: string[] = [];
  const seen = new Set<number>();
  draw(lineage, 0, { style, lines, seen, head: "", rest: "", role: "" });
  const { problems, complete } = lineage;
  const end = complete
    ? [style.verdict("clean", "complete: every step is claimed by somebody whom you trust")]
    : [
        ...problems.map(
          ({ rule, evidence }) =>
            `${style.verdict("malicious", "✘")} ${escapeText(sentence(evidence.message))} ${style.dim(`(${rule.id})`)}`,
        ),
        `What it means and what to do: weighbridge explain ${problems[0]?.rule.id ?? "lineage"}`,
      ];
  return `${[...lines, "", ...end].join("\n")}\n`;
}

interface Drawing {
  readonly style: Style;
  readonly lines: string[];
  readonly seen: Set<number>;
  /** In front of the first line, and of those below it. */
  readonly head: string;
  readonly rest: string;
  readonly role: string;
}

/** Recursion is as deep as lineages are walked. */
function draw({ nodes }: Lineage, id: number, drawing: Drawing): void {
  const node = nodes[id];
  if (node === undefined) {
    return;
  }
  const { style, lines, seen, head, rest, role } = drawing;
  const isKnown = seen.has(id);
  seen.add(id);
  const { mark, text } = MARKS[node.state];
  const told = isKnown ? "see above" : text;
  const digest = style.dim(`${shortDigest(node)}${told === "" ? "" : `  ${told}`}`);
  lines.push(
    `${head}${style.verdict(VERDICTS[node.state], mark)} ${role === "" ? "" : `${escapeText(role)} `}${style.bold(escapeText(node.name))}  ${digest}`,
  );
  if (isKnown) {
    return;
  }
  const children = node.steps[0]?.inputs ?? [];
  const bar = `${rest}${children.length > 0 ? "│ " : "  "}`;
  lines.push(...noteLines(node).map((line) => `${bar}${style.dim(line)}`));
  for (const [index, input] of children.entries()) {
    const isLast = index === children.length - 1;
    draw({ nodes, problems: [], complete: true }, input.node, {
      ...drawing,
      head: `${rest}${isLast ? "└─" : "├─"}`,
      rest: `${rest}${isLast ? "  " : "│ "}`,
      role: input.role,
    });
  }
}

function noteLines({ steps, claims, deployments, copies = [] }: LineageNode): string[] {
  return [
    ...copies.map((place) => `these are the bytes of ${escapeText(place)}`),
    ...deployments.map(
      (each) =>
        `in use: ${escapeText(each.environment)} since ${escapeText(each.startedOn)}${each.endedOn === undefined ? "" : ` until ${escapeText(each.endedOn)}`}, ${by(each)}`,
    ),
    ...claims.map(
      (each) =>
        `${escapeText(each.kind)}${each.result === undefined ? "" : ` ${escapeText(each.result)}`}, ${by(each)}`,
    ),
    ...steps.flatMap((step) => [
      `made by ${escapeText(step.kind)}, ${by(step)}`,
      ...(step.command === undefined ? [] : [`  ${escapeText(step.command)}`]),
      ...parameterLine(step.parameters),
      ...step.materials.map(({ role, name, digest }) => {
        const [algorithm = "", value = ""] = Object.entries(digest)[0] ?? [];
        return `  ${escapeText(role)} ${escapeText(name)} ${escapeText(algorithm)}:${escapeText(value.slice(0, 12))}`;
      }),
    ]),
  ];
}

function parameterLine(parameters: Readonly<Record<string, unknown>>): string[] {
  const all = Object.entries(parameters);
  const shown = all
    .slice(0, SHOWN_PARAMETERS)
    .map(([name, value]) => `${escapeText(name)}=${valueText(value)}`);
  const more = all.length > shown.length ? ["…"] : [];
  return all.length === 0 ? [] : [`  ${[...shown, ...more].join(" ")}`];
}

function valueText(value: unknown): string {
  return typeof value === "string" ? escapeText(value) : quote(JSON.stringify(value)).slice(1, -1);
}

function by({ signer, stranger, source }: Said): string {
  if (signer === undefined) {
    const who = (stranger ?? "nobody").replace(/([0-9a-f]{12})[0-9a-f]{52}/, "$1…");
    return `by ${escapeText(who)}, who is not trusted  (${escapeText(source)})`;
  }
  const who = signer.kind === "key" ? `the key ${signer.id.slice(0, 12)}…` : signer.id;
  return `by ${escapeText(who)}  (${escapeText(source)})`;
}

function shortDigest({ digest }: LineageNode): string {
  const value = digest["sha256"];
  return value === undefined ? "" : `sha256:${escapeText(value.slice(0, 12))}`;
}

function sentence(text: string): string {
  // Paths stay as they are.
  return /^[a-z]+ /.test(text) ? `${text.charAt(0).toUpperCase()}${text.slice(1)}` : text;
}
