/** The archive, and the members in which pickles and raw numbers alternate. */

import { sliceSource } from "../../bytes/slice-source.ts";
import type { RandomSource } from "../../kernel/source.ts";
import type { NameUse } from "../../machines/pickle/names/name-use.ts";
import type { Child, ChildResult, Composed, ParseContext, Parsed, ParseIssue } from "../format.ts";
import { analysisOptions, globalFacts, nestedChildren, pickleModel } from "../pickle-streams.ts";
import type { PickleModel } from "../pickle-streams.ts";
import { sliceChild } from "../slice-child.ts";
import { parseTarArchive } from "../tar-archive.ts";
import type { TarModel } from "../tar-archive.ts";
import { MemberStreams } from "./member-streams.ts";
import { MEMBERS } from "./read-members.ts";

interface MemberPickles {
  readonly name: string;
  readonly pickle: PickleModel;
  readonly uses: readonly NameUse[];
  readonly problems: MemberStreams["problems"];
}

export interface TorchTarModel extends TarModel {
  readonly members: readonly MemberPickles[];
}

/** Reads the archive; the members that are its own are read here. */
export async function parseTorchTar(
  source: RandomSource,
  context: ParseContext,
): Promise<Parsed<TorchTarModel>> {
  const archive = await parseTarArchive(source, context);
  const issues: ParseIssue[] = [...archive.issues];
  const children: Child[] = [];
  const members: MemberPickles[] = [];
  const names = new Set(archive.model.entries.map(({ name }) => name));
  const isWhole = names.has("pickle") && names.has("storages");
  // A tar that ends properly without them is somebody else's, whatever its members are called.
  if (!isWhole && archive.issues.length > 0) {
    issues.push({
      kind: "truncated",
      message: "the archive lacks members that every loader needs",
    });
  }
  for (const child of archive.children) {
    const { range } = child;
    const read = MEMBERS.get(child.name.replace(/#\d+$/, ""));
    if (range === undefined || read === undefined || !isWhole) {
      children.push(child);
      continue;
    }
    const slice = sliceSource(source, range.start, range.end, child.name);
    const streams = new MemberStreams(slice, archive.ledger, range.start, analysisOptions(context));
    read(streams);
    issues.push(...streams.issues().map((issue) => inMember(child.name, issue)));
    const { analysis, position, problems } = streams;
    const nested = nestedChildren(analysis, context.governor);
    children.push(...nested.children.map((each) => renamed(child.name, each)));
    issues.push(...nested.issues);
    if (position < slice.size) {
      children.push(rest(source, child.name, range.start + position, range.end));
    }
    const result = { analysis, hidden: [], trailing: undefined, issues: [] };
    const uses = analysis.findings.names.list();
    members.push({ name: child.name, pickle: pickleModel(result), uses, problems });
  }
  return { ...archive, model: { ...archive.model, members }, issues, children };
}

function inMember(name: string, issue: ParseIssue): ParseIssue {
  return { ...issue, message: `${name}: ${issue.message}` };
}

function renamed(member: string, child: Child): Child {
  const { role, name, size } = child;
  return { role, name: `${member}!${name}`, size, open: (governor) => child.open(governor) };
}

/** What no loader reads. */
function rest(source: RandomSource, member: string, start: number, end: number): Child {
  return sliceChild(source, "trailing", `${member}!trailing`, { start, end });
}

/** What all pickles of the archive look up. */
export function composeTorchTar(
  { members }: TorchTarModel,
  children: readonly ChildResult[],
): Composed {
  const uses = [
    ...members.flatMap((member) => member.uses),
    ...children.flatMap(({ exports }) => (exports["pickle.uses"] ?? []) as readonly NameUse[]),
  ];
  return { facts: { pickle: { globals: globalFacts(uses) } } };
}
