/**
 * PyTorch's oldest layout (0.1 to 0.1.9), which every torch still loads: a tar archive with `sys_info`,
 * `pickle`, `storages` and `tensors`. The first two are pickles and scanned as such; in the others
 * pickles and raw numbers alternate, and they are read here.
 */

import { BLOCK, readTarHeader } from "../../codecs/tar/header.ts";
import type { Rule } from "../../kernel/rule.ts";
import type { RandomSource } from "../../kernel/source.ts";
import type { NameUse } from "../../machines/pickle/names/name-use.ts";
import { archiveRules } from "../archive-rules.ts";
import { defineFormat } from "../format.ts";
import type { Child, ChildResult, Composed, ParseContext, Parsed, ParseIssue } from "../format.ts";
import { PICKLE_RULES } from "../pickle-rules.ts";
import { analysisOptions, globalFacts, nestedChildren, pickleModel } from "../pickle-streams.ts";
import type { PickleModel } from "../pickle-streams.ts";
import { LEGACY_HEADER } from "../pytorch-rules.ts";
import { parseTarArchive, peekTar } from "../tar-archive.ts";
import type { TarModel } from "../tar-archive.ts";
import { sliceSource } from "../../bytes/slice-source.ts";
import { MemberStreams } from "./member-streams.ts";
import { MEMBERS } from "./read-members.ts";

interface MemberPickles {
  readonly name: string;
  readonly pickle: PickleModel;
  readonly uses: readonly NameUse[];
  readonly problems: MemberStreams["problems"];
}

interface TorchTarModel extends TarModel {
  readonly members: readonly MemberPickles[];
}

const OWN: ReadonlySet<string> = new Set(["sys_info", "pickle", "storages", "tensors"]);

/** Whether the headers that the head shows are of this layout: two of its members, or a large first one. */
function isTorch(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  const own = new Set<string>();
  let files = 0;
  let at = 0;
  while (own.size < 2) {
    const header = readTarHeader(bytes, at);
    if (header?.size === undefined) {
      return files === 1 && own.size === 1 && at > bytes.length;
    }
    if (header.type === "0" || header.type === "7") {
      files += 1;
      if (OWN.has(header.name)) {
        own.add(header.name);
      }
    }
    at += BLOCK + Math.ceil(header.size / BLOCK) * BLOCK;
  }
  return true;
}

async function parse(source: RandomSource, context: ParseContext): Promise<Parsed<TorchTarModel>> {
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
  const name = `${member}!trailing`;
  return {
    role: "trailing",
    name,
    size: end - start,
    range: { start, end },
    open: () => Promise.resolve({ source: sliceSource(source, start, end, name) }),
  };
}

function compose({ members }: TorchTarModel, children: readonly ChildResult[]): Composed {
  const uses = [
    ...members.flatMap((member) => member.uses),
    ...children.flatMap(({ exports }) => (exports["pickle.uses"] ?? []) as readonly NameUse[]),
  ];
  return { facts: { pickle: { globals: globalFacts(uses) } } };
}

/** The rules for pickles, over the pickles of the members that are read here. */
const memberRules: readonly Rule<TorchTarModel>[] = PICKLE_RULES.map((rule) => ({
  ...rule,
  *evaluate({ members }, context) {
    for (const { name, pickle } of members) {
      for (const evidence of rule.evaluate({ pickle }, context)) {
        yield { ...evidence, member: name };
      }
    }
  },
}));

const legacyHeader: Rule<TorchTarModel> = {
  ...LEGACY_HEADER,
  *evaluate({ members }) {
    for (const { name, problems } of members) {
      for (const { message, offset } of problems) {
        yield { message, offset, key: message, member: name };
      }
    }
  },
};

export const pytorchTar = defineFormat({
  id: "pytorch-tar",
  title: "PyTorch, layout of 0.1",
  revision: 1,
  specification: [
    {
      title: "torch.serialization, the legacy tar layout",
      url: "https://github.com/pytorch/pytorch/blob/main/torch/serialization.py",
    },
  ],
  extensions: [".pt", ".pth"],
  refines: "tar",
  detect(head) {
    const { match } = peekTar(head);
    if (match === "none") {
      return "none";
    }
    return isTorch(head) ? match : "none";
  },
  parse,
  compose,
  rules: [...archiveRules, ...memberRules, legacyHeader],
});
