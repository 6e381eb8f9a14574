/**
 * Zip files with PyTorch's layout: one folder with `<name>.pkl`, the storages that it names under
 * `<name>/`, and small records. `torch.save` since 1.6, TorchScript and torch.package all are such files
 * (`torch/serialization.py`, `caffe2/serialize/inline_container.h`).
 *
 * Checksums are not compared: torch writes wrong ones on request and does not read them.
 */

import { readRange, utf8 } from "../bytes/read.ts";
import type { RandomSource } from "../kernel/source.ts";
import { quote } from "../kernel/text.ts";
import type { NameUse } from "../machines/pickle/names/name-use.ts";
import type { PersistentId } from "../machines/pickle/persistent.ts";
import type {
  Child,
  ChildResult,
  Composed,
  OpenedChild,
  Parsed,
  ParseContext,
  ParseIssue,
} from "./format.ts";
import { globalFacts } from "./pickle-streams.ts";
import { STORAGE_SIZE, storageEvidence } from "./pytorch-rules.ts";
import { namedStorages } from "./torch-storages.ts";
import type { NamedStorage } from "./torch-storages.ts";
import { parseZipArchive } from "./zip-archive.ts";
import type { ZipModel } from "./zip-archive.ts";
import type { ZipMember } from "./zip-members.ts";

export interface TorchZipModel extends ZipModel {
  /** Members by name, where the name is one member's alone and its content can be taken in one way. */
  readonly unique: ReadonlyMap<string, ZipMember>;
}

/** Small records of the layout and what stands in them. */
const RECORDS: ReadonlyMap<string, RegExp> = new Map([
  ["version", /^[0-9]{1,19}\n?$/],
  [".data/version", /^[0-9]{1,19}\n?$/],
  ["byteorder", /^(?:little|big)$/],
  [".format_version", /^[0-9]{1,19}$/],
  [".storage_alignment", /^[0-9]{1,19}$/],
  [".data/serialization_id", /^[0-9]{1,40}$/],
  [".data/python_version", /^[0-9]{1,3}(?:\.[0-9]{1,3}){1,2}[0-9a-z+.-]{0,20}$/],
  [".data/extern_modules", /^(?:[\w.]{1,200}\n)*$/],
]);
const LONGEST_RECORD = 65_536;
/** Where storages lie: `data/7`, `constants/0`, `tensors/3` (1.4), `.data/5.storage` (torch.package). */
const STORAGE = /^(?:[\w-]+\/[^/]+|\.data\/[^/]+\.storage)$/;

/** Reads the archive; its storages come back with the role `storage`, its records are read here. */
export async function parseTorchZip(
  source: RandomSource,
  context: ParseContext,
): Promise<Parsed<TorchZipModel>> {
  const archive = await parseZipArchive(source, context, isStored);
  const unique = uniqueMembers(archive.model);
  const children: Child[] = [];
  for (const child of archive.children) {
    const member = unique.get(child.name);
    const inside = member === undefined ? undefined : withoutRoot(member.name);
    if (inside === undefined || child.role !== "member") {
      children.push(child);
    } else if (await isRecord(child, inside, context)) {
      archive.ledger.understood(child.range?.start ?? 0, child.range?.end ?? 0);
    } else {
      children.push(isStorage(inside, child.name, unique) ? new StorageChild(child) : child);
    }
  }
  return { ...archive, model: { ...archive.model, unique }, children };
}

/** torch finds members whatever the case of their names, so names that differ in it are not unique. */
function uniqueMembers({ entries }: ZipModel): Map<string, ZipMember> {
  const unique = new Map<string, ZipMember>();
  const seen = new Map<string, string>();
  for (const member of entries) {
    const folded = member.name.toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined) {
      unique.delete(other);
      continue;
    }
    seen.set(folded, member.name);
    if (member.children.length === 1 && member.children[0] === member.name) {
      unique.set(member.name, member);
    }
  }
  return unique;
}

/** The path below the archive's own folder. */
export function withoutRoot(name: string): string | undefined {
  const slash = name.indexOf("/");
  return slash <= 0 ? undefined : name.slice(slash + 1);
}

async function isRecord(child: Child, inside: string, context: ParseContext): Promise<boolean> {
  const shape = RECORDS.get(inside);
  if (shape === undefined || (child.size ?? 0) > LONGEST_RECORD) {
    return false;
  }
  const { source, end, issues = [] } = await child.open(context.governor);
  try {
    const isWhole = (end === undefined || end.status === "complete") && issues.length === 0;
    return (
      isWhole &&
      source.size <= LONGEST_RECORD &&
      shape.test(utf8(readRange(source, 0, source.size)))
    );
  } finally {
    source.close?.();
  }
}

/** Whether a member of the directory lies where storages lie. Its header is read when it turns out to be none. */
function isStored({ name }: { readonly name: string }): boolean {
  return STORAGE.test(withoutRoot(name) ?? "") && !name.endsWith(".pkl");
}

/** By its place: in a folder that goes with a pickle, or where older versions put storages. */
function isStorage(inside: string, name: string, unique: ReadonlyMap<string, ZipMember>): boolean {
  if (!STORAGE.test(inside)) {
    return false;
  }
  const folder = name.slice(0, name.lastIndexOf("/"));
  return unique.has(`${folder}.pkl`) || /\/(?:tensors|constants|\.data)$/.test(folder);
}

/** A member of which the engine needs to see little, as long as the pickles name it. */
class StorageChild implements Child {
  readonly role = "storage";
  readonly name: string;
  readonly size: number | undefined;
  readonly open: Child["open"];
  readonly range: { readonly start: number; readonly end: number };

  constructor(member: Child) {
    this.name = member.name;
    this.size = member.size;
    this.range = member.range ?? { start: 0, end: 0 };
    this.open = (governor): Promise<OpenedChild> => member.open(governor);
  }
}

/** What the pickles say of the storages, and what all of them look up. */
export function composeTorchZip(
  model: TorchZipModel,
  children: readonly ChildResult[],
): Required<Pick<Composed, "issues" | "inert" | "facts" | "findings">> {
  const sizes = new Map(children.map(({ name, report }) => [name, report.size]));
  const inert = new Set<string>();
  const issues: ParseIssue[] = [];
  const findings: NonNullable<Composed["findings"]>[number][] = [];
  const uses: NameUse[] = [];
  for (const { name, exports } of children) {
    uses.push(...((exports["pickle.uses"] as readonly NameUse[] | undefined) ?? []));
    const ids = exports["pickle.storages"] as readonly PersistentId[] | undefined;
    for (const storage of namedStorages(ids ?? []).values()) {
      const member = findStorage(model, name, storage.key);
      const found = member === undefined ? undefined : sizes.get(member.name);
      if (member === undefined || found === undefined) {
        issues.push(missing(name, storage));
        continue;
      }
      if (found === storage.bytes) {
        inert.add(member.name);
      }
      // TorchScript keeps the shape of traced inputs and leaves their data out.
      const isLeftOut = found === 0 && name.endsWith("/traced_inputs.pkl");
      if ((found !== storage.bytes || storage.conflicting) && !isLeftOut) {
        const stated = storage.conflicting ? undefined : storage.bytes;
        const { key } = storage;
        const evidence = storageEvidence({ key, stated, found, member: member.name });
        findings.push({ rule: STORAGE_SIZE, evidence });
      }
    }
  }
  return { inert, issues, findings, facts: { pickle: { globals: globalFacts(uses) } } };
}

/** The member that holds a storage of the pickle `<folder>/<name>.pkl`. */
function findStorage(
  { unique }: TorchZipModel,
  pickle: string,
  key: string,
): ZipMember | undefined {
  const root = pickle.slice(0, pickle.indexOf("/") + 1);
  const own = pickle.endsWith(".pkl") ? `${pickle.slice(0, -".pkl".length)}/` : `${root}data/`;
  return (
    unique.get(`${own}${key}`) ??
    unique.get(`${root}data/${key}`) ??
    unique.get(`${root}tensors/${key}`) ??
    unique.get(`${root}constants/${key}`) ??
    unique.get(`${root}.data/${key}.storage`)
  );
}

function missing(pickle: string, { key, offset }: NamedStorage): ParseIssue {
  const message = `${quote(pickle)} names the storage ${quote(key)}, which is not in the archive`;
  return { kind: "damaged", message, offset };
}
