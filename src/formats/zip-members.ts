/**
 * From the entries of a zip file to members and children: what each member is, in how many ways its
 * content can be taken, and what its flags and methods claim wrongly.
 */

import type { Governor } from "../bytes/governor.ts";
import { readRange } from "../bytes/read.ts";
import { DIFFERS } from "../codecs/zip/disagreements.ts";
import { FLAG, METHOD, methodName } from "../codecs/zip/records.ts";
import { confirmUnread } from "../codecs/zip/unread-member.ts";
import type { ZipEntry } from "../codecs/zip/zip-archive.ts";
import { quote } from "../kernel/text.ts";
import type { RandomSource } from "../kernel/source.ts";
import { ChildNames, isLinkMode, specialKind } from "./archive.ts";
import type { AnomalyList, ArchiveEntry, EntryKind } from "./archive.ts";
import type { Child, OpenedChild, ParseIssue } from "./format.ts";
import { isDecodable, isSupportedMethod, openPacked } from "./zip-open.ts";
import type { PackedData } from "./zip-open.ts";

/** A member of a zip file. */
export interface ZipMember extends ArchiveEntry {
  readonly entry: ZipEntry;
  /** The ways to take its content, the directory's first; none for a folder. */
  readonly contents: readonly PackedData[];
  /** What opening it will report whatever is in it, such as encryption. */
  readonly issues: readonly ParseIssue[];
}

const PATCHED = 1 << 5;
const ENCRYPTED = FLAG.encrypted | FLAG.strongEncryption;
const LZMA_END_MARKER = 1 << 1;
const UNIX = 3;
const DARWIN = 19;
const LONGEST_LINK = 4096;
const NO_NAMES: readonly string[] = [];
const UNCONFIRMED: ParseIssue = {
  kind: "damaged",
  message: "the header before the member is not what the directory says; a full scan tells more",
};
const NO_ISSUES: readonly ParseIssue[] = [];

/** Opens the content of a member, in the way that the directory says. */
export function openZipMember(
  source: RandomSource,
  member: ZipMember,
  governor: Governor,
): Promise<OpenedChild> {
  const [content] = member.contents;
  const empty = { method: 0, start: 0, end: 0, size: 0, crc: undefined, isOpen: false };
  return openPacked(source, member.name, content ?? empty, governor);
}

/** Names and judges the members of a zip file. */
export class ZipMembers {
  readonly members: ZipMember[] = [];
  readonly children: Child[] = [];
  readonly #source: RandomSource;
  readonly #governor: Governor;
  readonly #anomalies: AnomalyList;
  readonly #names = new ChildNames();

  constructor(source: RandomSource, governor: Governor, anomalies: AnomalyList) {
    this.#source = source;
    this.#governor = governor;
    this.#anomalies = anomalies;
  }

  async add(entry: ZipEntry): Promise<void> {
    const issues: ParseIssue[] = [];
    const contents = await this.#contents(entry, issues);
    const kind = kindOf(entry);
    const names: string[] = [];
    const member: ZipMember = {
      entry,
      contents,
      issues: issues.length === 0 ? NO_ISSUES : issues,
      name: entry.name,
      otherNames: otherNames(entry),
      kind,
      linkTarget: kind === "symlink" ? await this.#linkTarget(entry, contents) : undefined,
      mode: modeOf(entry) & 0o7777,
      size: unpackedSize(entry),
      packedSize: entry.dataEnd - entry.dataStart,
      offset: placeOf(entry),
      children: names,
      hidden: entry.origin !== "directory",
      rank: entry.central?.position ?? -1,
    };
    this.members.push(member);
    for (const content of contents) {
      const name = this.#names.take(entry.name);
      names.push(name);
      this.children.push(new MemberChild(this.#source, name, content, member));
    }
  }

  /** Bytes that belong to no member, as a child. */
  addSlice(role: string, name: string, start: number, end: number): void {
    const content = { method: 0, start, end, size: end - start, crc: undefined, isOpen: false };
    this.children.push(new SliceChild(this.#source, role, this.#names.take(name), content));
  }

  /** The ways in which readers would take the data; each gives a child. */
  async #contents(entry: ZipEntry, issues: ParseIssue[]): Promise<PackedData[]> {
    if (entry.state === "broken" || (entry.dataEnd === entry.dataStart && isFolderName(entry))) {
      return [];
    }
    const taken = packedOf(entry, entry.method, entry.dataEnd, entry.size);
    const flags = entry.flags | (entry.local?.flags ?? 0);
    if ((flags & (ENCRYPTED | PATCHED | FLAG.masked)) !== 0) {
      const isReal =
        (flags & ENCRYPTED) !== 0 && !(await isDecodable(this.#source, taken, this.#governor));
      if (isReal) {
        this.#encrypted(entry, issues);
        // It is looked at as it lies there, in case that the flag lies after all.
        return [{ ...taken, method: METHOD.stored, size: undefined }];
      }
      this.#forged(entry, flags);
    }
    const { local } = entry;
    if (local === undefined && isSupportedMethod(entry.method)) {
      return (entry.differs & DIFFERS.storedSize) === 0
        ? [taken]
        : [taken, this.#unpackedSlice(entry)];
    }
    const methods = new Set([entry.method, local?.method ?? entry.method]);
    const known = [...methods].filter(isSupportedMethod);
    if (known.length === 0) {
      return this.#unsupported(entry, taken, issues);
    }
    const contents: PackedData[] = known.map((method) => ({ ...taken, method }));
    const localEnd = otherEnd(entry, this.#source.size);
    if (local !== undefined && localEnd !== undefined) {
      contents.push(packedOf(entry, local.method, localEnd, local.size));
    }
    if ((entry.differs & DIFFERS.storedSize) !== 0) {
      contents.push(this.#unpackedSlice(entry));
    }
    return contents;
  }

  /** Stored data cut at the size that should be the unpacked one: CPython takes the smaller of the two. */
  #unpackedSlice(entry: ZipEntry): PackedData {
    const { dataStart, size = 0 } = entry;
    const end = Math.min(this.#source.size, dataStart + size);
    return packedOf(entry, entry.method, end, size);
  }

  #encrypted(entry: ZipEntry, issues: ParseIssue[]): void {
    issues.push({ kind: "encrypted", message: "the member is encrypted" });
    this.#anomalies.add("encrypted", () => ({
      message: `${quote(entry.name)} is encrypted`,
      key: entry.name,
      offset: entry.offset,
    }));
  }

  #forged(entry: ZipEntry, flags: number): void {
    const what = (flags & ENCRYPTED) !== 0 ? "encrypted" : "patched or masked data";
    this.#anomalies.add("forged-encryption-flag", () => ({
      message: `${quote(entry.name)} is flagged as ${what} and is readable`,
      key: entry.name,
      offset: entry.offset,
      data: { flags },
    }));
  }

  async #unsupported(
    entry: ZipEntry,
    taken: PackedData,
    issues: ParseIssue[],
  ): Promise<PackedData[]> {
    const method = methodName(entry.method);
    issues.push({
      kind: "unsupported",
      message: `the member is packed by ${method}, which is not supported`,
    });
    this.#anomalies.add("unsupported-method", () => ({
      message: `${quote(entry.name)} is packed by ${method}, which is not supported`,
      key: entry.name,
      offset: entry.offset,
      data: { method: entry.method },
    }));
    const raw = { ...taken, method: METHOD.stored, size: undefined };
    const deflated = { ...taken, method: METHOD.deflate, size: undefined, crc: undefined };
    return (await isDecodable(this.#source, deflated, this.#governor)) ? [raw, deflated] : [raw];
  }

  async #linkTarget(entry: ZipEntry, contents: readonly PackedData[]): Promise<string | undefined> {
    const [content] = contents;
    if (content === undefined || (entry.size ?? 0) > LONGEST_LINK) {
      return undefined;
    }
    const { source } = await openPacked(this.#source, entry.name, content, this.#governor);
    try {
      return Buffer.from(readRange(source, 0, LONGEST_LINK)).toString("utf8");
    } finally {
      source.close?.();
    }
  }
}

class SliceChild implements Child {
  readonly role: string;
  readonly name: string;
  readonly size: number | undefined;
  readonly source: RandomSource;
  readonly content: PackedData;

  constructor(source: RandomSource, role: string, name: string, content: PackedData) {
    this.source = source;
    this.role = role;
    this.name = name;
    this.content = content;
    const { start, end, method, size } = content;
    this.size = method === METHOD.stored ? end - start : size;
  }

  get range(): { readonly start: number; readonly end: number } {
    return this.content;
  }

  open(governor: Governor): Promise<OpenedChild> {
    return openPacked(this.source, this.name, this.content, governor);
  }
}

class MemberChild extends SliceChild {
  readonly member: ZipMember;

  constructor(source: RandomSource, name: string, content: PackedData, member: ZipMember) {
    super(source, member.hidden ? "hidden" : "member", name, content);
    this.member = member;
  }

  override async open(governor: Governor): Promise<OpenedChild> {
    const opened = await super.open(governor);
    const { entry } = this.member;
    const issues =
      entry.isUnread === true && !confirmUnread(this.source, entry)
        ? [...this.member.issues, UNCONFIRMED]
        : this.member.issues;
    return issues.length === 0
      ? opened
      : { ...opened, issues: [...issues, ...(opened.issues ?? [])] };
  }
}

function packedOf(
  entry: ZipEntry,
  method: number,
  end: number,
  size: number | undefined,
): PackedData {
  const hasNumbers = entry.central !== undefined || size !== undefined;
  return {
    method,
    start: entry.dataStart,
    end,
    size,
    crc: hasNumbers ? entry.crc : undefined,
    isOpen: entry.state === "open",
    ...(method === METHOD.lzma ? { hasEndMarker: (entry.flags & LZMA_END_MARKER) !== 0 } : {}),
  };
}

/** Where to point to: the header in the directory where that leads nowhere. */
export function placeOf({ state, offset, central }: ZipEntry): number {
  return state === "broken" && central !== undefined ? central.position : offset;
}

function unpackedSize({ state, method, size, dataStart, dataEnd }: ZipEntry): number {
  if (state === "broken") {
    return 0;
  }
  return method === METHOD.stored ? dataEnd - dataStart : (size ?? 0);
}

/** Where the data ends by the local header, if that is somewhere else. */
function otherEnd(
  { local, dataStart, dataEnd, central }: ZipEntry,
  size: number,
): number | undefined {
  if (local === undefined || central === undefined || local.compressedSize === 0) {
    return undefined;
  }
  const end = Math.min(size, dataStart + local.compressedSize);
  return end === dataEnd || (local.flags & FLAG.streamed) !== 0 ? undefined : end;
}

function otherNames({ name, central, local }: ZipEntry): readonly string[] {
  const names = [local?.name, local?.unicodeName, central?.unicodeName];
  return names.every((other) => other === undefined || other === name)
    ? NO_NAMES
    : ([...new Set(names)].filter((other) => other !== undefined && other !== name) as string[]);
}

function modeOf({ central }: ZipEntry): number {
  return central !== undefined && (central.system === UNIX || central.system === DARWIN)
    ? central.attributes >>> 16
    : 0;
}

function kindOf(entry: ZipEntry): EntryKind {
  const mode = modeOf(entry);
  if (isLinkMode(mode)) {
    return "symlink";
  }
  return specialKind(mode) ?? (isFolderName(entry) ? "folder" : "file");
}

function isFolderName({ name }: ZipEntry): boolean {
  return name.endsWith("/") || name.endsWith("\\");
}
