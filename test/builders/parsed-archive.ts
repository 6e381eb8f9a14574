/** Parses an archive in tests and judges it by its rules, without the engine. */

import { Governor } from "../../src/bytes/governor.ts";
import { MemorySource } from "../../src/bytes/memory-source.ts";
import { readRange } from "../../src/bytes/read.ts";
import { archiveRules } from "../../src/formats/archive-rules.ts";
import type { ArchiveModel } from "../../src/formats/archive.ts";
import type { Child, OpenedChild, Parsed } from "../../src/formats/format.ts";
import { DEFAULT_LIMITS } from "../../src/kernel/limits.ts";
import type { RandomSource } from "../../src/kernel/source.ts";

export interface ParsedArchive<Model> {
  readonly parsed: Parsed<Model>;
  /** `id implies` of every finding that says more than information. */
  readonly findings: readonly string[];
  readonly messages: readonly string[];
  /** Kinds of issues that are more than deviations. */
  readonly harms: readonly string[];
  /** Bytes that neither the archive nor a child stands for. */
  readonly left: number;
}

type Parse<Model> = (
  source: RandomSource,
  context: { readonly governor: Governor },
) => Promise<Parsed<Model>>;

export async function parseArchive<Model extends ArchiveModel>(
  parse: Parse<Model>,
  bytes: Uint8Array,
  limits = DEFAULT_LIMITS,
): Promise<ParsedArchive<Model>> {
  const governor = new Governor(limits, bytes.length);
  const parsed = await parse(new MemorySource(bytes, "archive"), { governor });
  for (const { range } of parsed.children) {
    if (range !== undefined) parsed.ledger.understood(range.start, range.end);
  }
  const context = { name: "archive", size: bytes.length, role: "top" };
  const evidence = archiveRules.flatMap((rule) =>
    [...rule.evaluate(parsed.model, context)].map((found) => ({ rule, found })),
  );
  return {
    parsed,
    findings: evidence
      .filter(({ found }) => found.severity !== "info")
      .map(({ rule, found }) => `${rule.id.slice(8)} ${found.implies ?? rule.implies}`),
    messages: evidence.map(({ found }) => found.message),
    harms: parsed.issues.map(({ kind }) => kind).filter((kind) => kind !== "deviation"),
    left: parsed.ledger.coverage().unaccounted,
  };
}

/** `role name` of all children. */
export function childrenOf({ parsed }: ParsedArchive<unknown>): string[] {
  return parsed.children.map(({ role, name }) => `${role} ${name}`);
}

export interface Content {
  readonly text: string;
  readonly opened: OpenedChild;
  /** What opening it reported. */
  readonly issues: readonly string[];
}

/** What the child of that name holds. */
export async function contentOf(
  { parsed }: ParsedArchive<unknown>,
  name: string,
  limits = DEFAULT_LIMITS,
): Promise<Content> {
  const child = parsed.children.find((candidate) => candidate.name === name);
  if (child === undefined) throw new Error(`there is no child ${name}`);
  return await open(child, limits);
}

async function open(child: Child, limits: typeof DEFAULT_LIMITS): Promise<Content> {
  const opened = await child.open(new Governor(limits));
  const { source, end, issues = [] } = opened;
  const text = Buffer.from(readRange(source, 0, source.size)).toString("latin1");
  const status = end === undefined || end.status === "complete" ? [] : [end.status];
  return { text, opened, issues: [...status, ...issues.map(({ kind }) => kind)] };
}
