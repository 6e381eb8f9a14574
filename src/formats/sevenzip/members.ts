/** From files and streams of a 7z archive to members and children. */

import type { Governor } from "../../bytes/governor.ts";
import type { Ledger, Range } from "../../bytes/ledger.ts";
import { readRange } from "../../bytes/read.ts";
import { sliceSource } from "../../bytes/slice-source.ts";
import type {
  SevenZipFile,
  SevenZipFolder,
  SevenZipStream,
} from "../../codecs/sevenzip/sevenzip-archive.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { quote } from "../../kernel/text.ts";
import { ChildNames, isLinkMode, specialKind } from "../archive.ts";
import type { AnomalyList, ArchiveEntry, EntryKind } from "../archive.ts";
import type { Child, ParseIssue } from "../format.ts";
import { LibraryContents } from "../library-contents.ts";
import type { ExpectedContent } from "../library-contents.ts";
import { FolderContents } from "./folder-contents.ts";
import type { ReadableFolder } from "./folder-contents.ts";
import { planFolder } from "./methods.ts";
import type { FolderPlan } from "./methods.ts";
import type { ReadSevenZip } from "./read-archive.ts";

const UNIX = 0x8000;
const WINDOWS_FOLDER = 0x10;
/** `S_IFMT` and `S_IFDIR`. */
const FORMAT_OF_MODE = 0o170000;
const FOLDER_MODE = 0o040000;
const LONGEST_LINK = 4096;

interface Content {
  readonly folder: SevenZipFolder;
  readonly plan: FolderPlan;
  readonly range: Range;
  readonly stream: SevenZipStream;
  readonly readable: ReadableFolder | undefined;
}

/** A member that the library unpacks: its place among all of them. */
interface LibraryMember {
  readonly library: LibraryContents;
  readonly index: number;
}

export class SevenZipMembers {
  readonly entries: ArchiveEntry[] = [];
  readonly children: Child[] = [];
  readonly issues: ParseIssue[] = [];
  readonly names = new ChildNames();
  readonly #source: RandomSource;
  readonly #governor: Governor;
  readonly #ledger: Ledger;
  readonly #anomalies: AnomalyList;

  readonly #contents: FolderContents;
  /** Folders that cannot be decoded and lie in the report as they are. */
  readonly #raw = new Set<SevenZipFolder>();

  constructor(source: RandomSource, governor: Governor, ledger: Ledger, anomalies: AnomalyList) {
    this.#source = source;
    this.#governor = governor;
    this.#ledger = ledger;
    this.#anomalies = anomalies;
    this.#contents = new FolderContents(source);
  }

  async addAll({ start, end, base, folders, files }: ReadSevenZip): Promise<void> {
    const wanted = wantedOf(files, contentsOf(base, folders));
    const library = new LibraryContents(this.#source, { start, end }, wanted);
    const contents = contentsOf(base, folders);
    for (const [index, file] of files.entries()) {
      const content = file.hasStream ? contents.next().value : undefined;
      if (file.hasStream && content === undefined) {
        this.issues.push({
          kind: "damaged",
          message: `${quote(file.name)} has no content anywhere`,
        });
      }
      await this.#add(file, content ?? undefined, { library, index });
      this.#governor.checkAborted();
    }
    for (const content of contents) {
      const name = "(unnamed)";
      const file = { name, hasStream: true, isEmptyFile: false, isAnti: false, attributes: 0 };
      this.#anomalies.add("hidden-entry", () => ({
        message: "a content belongs to no member",
        key: "unnamed",
        offset: content.range.start,
      }));
      await this.#add(file, content);
    }
    this.#contents.close();
  }

  /** Without a place where the directory does not list it. */
  async #add(
    file: SevenZipFile,
    content: Content | undefined,
    place?: LibraryMember,
  ): Promise<void> {
    const kind = kindOf(file);
    const hidden = place === undefined;
    const children = content === undefined ? [] : this.#child(file.name, content, place);
    const size = content === undefined ? 0 : content.stream.end - content.stream.start;
    this.entries.push({
      name: file.name,
      otherNames: [],
      kind,
      linkTarget: kind === "symlink" ? await this.#linkTarget(content, size) : undefined,
      mode: modeOf(file) & 0o7777,
      size,
      packedSize: content === undefined ? 0 : packedShare(content, size),
      offset: content?.range.start ?? 0,
      children,
      hidden,
      rank: this.entries.length,
    });
  }

  /** The child that holds the content; none where another one holds all of an unreadable folder. */
  #child(name: string, content: Content, place: LibraryMember | undefined): string[] {
    const { folder, plan, range, stream, readable } = content;
    const role = place === undefined ? "hidden" : "member";
    this.#ledger.understood(range.start, range.end);
    if (plan.kind === "library" && place !== undefined) {
      const own = this.names.take(name);
      const { library, index } = place;
      const size = stream.end - stream.start;
      const open = (governor: Governor) => library.open(index, own, governor);
      this.children.push({ role, name: own, size, open });
      return [own];
    }
    if (readable === undefined) {
      const isNew = !this.#raw.has(folder);
      this.#raw.add(folder);
      const issues = this.#unreadable(name, plan, range.start);
      if (!isNew) {
        return [];
      }
      // It is looked at as it lies there, in case that the archive lies.
      const own = this.names.take(name);
      this.children.push(this.#slice(role, own, range, issues));
      return [own];
    }
    const own = this.names.take(name);
    const contents = this.#contents;
    this.children.push({
      role,
      name: own,
      size: stream.end - stream.start,
      open: (governor) => contents.open(readable, stream, own, governor),
    });
    return [own];
  }

  #slice(role: string, name: string, range: Range, issues: readonly ParseIssue[]): Child {
    const source = sliceSource(this.#source, range.start, range.end, name);
    return {
      role,
      name,
      size: source.size,
      range,
      open: () => Promise.resolve({ source, issues }),
    };
  }

  #unreadable(name: string, plan: FolderPlan, offset: number): ParseIssue[] {
    if (plan.kind === "encrypted") {
      this.#anomalies.add("encrypted", () => ({
        message: `${quote(name)} is encrypted`,
        key: name,
        offset,
      }));
      return [{ kind: "encrypted", message: "the content is encrypted" }];
    }
    const methods = plan.kind === "unsupported" ? plan.methods : "a method of other members";
    const what = `packed by ${methods}, which is not supported`;
    this.#anomalies.add("unsupported-method", () => ({
      message: `${quote(name)} is ${what}`,
      key: name,
      offset,
      data: { method: methods },
    }));
    return [{ kind: "unsupported", message: `the content is ${what}` }];
  }

  async #linkTarget(content: Content | undefined, size: number): Promise<string | undefined> {
    if (content?.readable === undefined || size > LONGEST_LINK) {
      return undefined;
    }
    const { readable, stream } = content;
    const { source } = await this.#contents.open(readable, stream, "link", this.#governor);
    return Buffer.from(readRange(source, 0, LONGEST_LINK)).toString("utf8");
  }
}

/** What the library has to unpack, by file. */
function wantedOf(
  files: readonly SevenZipFile[],
  contents: Iterator<Content>,
): (ExpectedContent | undefined)[] {
  return files.map(({ hasStream }) => {
    const content = hasStream ? contents.next().value : undefined;
    if (content?.plan.kind !== "library") {
      return undefined;
    }
    const { start, end, crc } = content.stream;
    return { size: end - start, crc };
  });
}

/** All contents, in the order in which files take them. */
function* contentsOf(
  base: number,
  folders: readonly SevenZipFolder[],
): Generator<Content, undefined, void> {
  for (const folder of folders) {
    const plan = planFolder(folder);
    const start = base + (folder.packed[0]?.start ?? 0);
    const range = { start, end: base + (folder.packed.at(-1)?.end ?? 0) };
    const readable = plan.kind === "chain" ? { folder, steps: plan.steps, range } : undefined;
    for (const stream of folder.streams) {
      yield { folder, plan, range, stream, readable };
    }
  }
  return undefined;
}

/** Of what a folder takes in the file, the part that is this member's. */
function packedShare({ range, folder }: Content, size: number): number {
  const all = folder.streams.at(-1)?.end ?? 0;
  return all === 0 ? 0 : Math.ceil(((range.end - range.start) * size) / all);
}

function modeOf({ attributes }: SevenZipFile): number {
  return (attributes & UNIX) === 0 ? 0 : attributes >>> 16;
}

function kindOf(file: SevenZipFile): EntryKind {
  const mode = modeOf(file);
  if (isLinkMode(mode)) {
    return "symlink";
  }
  const isEmpty = !file.hasStream && !file.isEmptyFile && !file.isAnti;
  const isFolder =
    (mode & FORMAT_OF_MODE) === FOLDER_MODE || isEmpty || (file.attributes & WINDOWS_FOLDER) !== 0;
  return specialKind(mode) ?? (isFolder ? "folder" : "file");
}
