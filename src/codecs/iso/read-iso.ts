/**
 * ISO 9660 (ECMA-119) with Joliet and Rock Ridge. Every tree is walked, since which one is taken is up to the
 * reader. UDF and the programs that a disk boots with are not read.
 */

import type { Governor } from "../../bytes/governor.ts";
import type { Range } from "../../bytes/ledger.ts";
import { readRange } from "../../bytes/read.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { FIRST_DESCRIPTOR, SECTOR } from "./iso-image.ts";
import type { IsoImage, IsoRecord } from "./iso-image.ts";
import { readRockRidge } from "./rock-ridge.ts";
import type { RockRidge } from "./rock-ridge.ts";

const MAX_DESCRIPTORS = 64;
const MAX_MORE = 8;
/** As Rock Ridge has it. Folders in folders would make paths that are longer than the image. */
const LONGEST_PATH = 1024;
const VOLUME = { primary: 1, supplementary: 2, end: 255 } as const;
const RECORD = 33;
const FLAG = { folder: 2, continues: 0x80 } as const;
/** Escape sequences of Joliet. */
const JOLIET = ["%/@", "%/C", "%/E"];

/** Reads all volumes. Folders are charged to the governor's `work`. */
export function readIso(source: RandomSource, governor: Governor): IsoImage {
  return new IsoReader(source, governor).read();
}

interface Folder {
  readonly path: string;
  readonly tree: IsoRecord["tree"];
  readonly data: Range;
}

class IsoReader {
  readonly #source: RandomSource;
  readonly #governor: Governor;
  readonly #records: IsoRecord[] = [];
  readonly #understood: Range[] = [];
  readonly #problems = new Set<IsoImage["problems"][number]>();
  readonly #most: number;
  #end = 0;

  constructor(source: RandomSource, governor: Governor) {
    this.#source = source;
    this.#governor = governor;
    this.#most = governor.left("entries");
  }

  read(): IsoImage {
    let ended = false;
    for (let index = 0; index < MAX_DESCRIPTORS && !ended; index += 1) {
      const start = FIRST_DESCRIPTOR + index * SECTOR;
      const sector = readRange(this.#source, start, start + SECTOR);
      if (sector.length < SECTOR || Buffer.from(sector.subarray(1, 6)).toString() !== "CD001") {
        break;
      }
      this.#understood.push({ start, end: start + SECTOR });
      ended = sector[0] === VOLUME.end;
      if (sector[0] === VOLUME.primary || sector[0] === VOLUME.supplementary) {
        this.#volume(sector);
      }
    }
    if (!ended) {
      this.#problems.add("damaged");
    }
    if (this.#end > this.#source.size) {
      this.#problems.add("truncated");
    }
    return {
      records: this.#records,
      understood: this.#understood,
      end: this.#end,
      problems: [...this.#problems],
    };
  }

  #volume(sector: Uint8Array): void {
    const view = new DataView(sector.buffer, sector.byteOffset, sector.byteLength);
    const tableSize = view.getUint32(132, true);
    if (view.getUint16(128, true) !== SECTOR) {
      this.#problems.add("damaged");
      return;
    }
    this.#end = Math.max(this.#end, view.getUint32(80, true) * SECTOR);
    const isBig = [false, false, true, true];
    for (const [index, big] of isBig.entries()) {
      const start = view.getUint32(140 + 4 * index, !big) * SECTOR;
      if (start > 0) {
        this.#understood.push({ start, end: start + tableSize });
      }
    }
    const escape = Buffer.from(sector.subarray(88, 91)).toString("latin1");
    const tree =
      sector[0] === VOLUME.supplementary && JOLIET.includes(escape) ? "joliet" : "primary";
    const root = view.getUint32(158, true) * SECTOR;
    this.#walk({ path: "", tree, data: { start: root, end: root + view.getUint32(166, true) } });
  }

  #walk(root: Folder): void {
    const folders = [root];
    const seen = new Set([root.data.start]);
    for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
      this.#understood.push(folder.data);
      for (const record of this.#folder(folder)) {
        if (this.#records.length >= this.#most) {
          this.#problems.add("limit");
          return;
        }
        if (record.path.length > LONGEST_PATH) {
          this.#problems.add("limit");
          continue;
        }
        this.#records.push(record);
        if (record.isFolder && !seen.has(record.data.start)) {
          seen.add(record.data.start);
          folders.push(record);
        }
      }
    }
  }

  /** The records of a folder, without those for itself and its parent. No record crosses a sector. */
  *#folder({ path, tree, data }: Folder): Generator<IsoRecord, void, void> {
    for (let start = data.start; start < data.end; start += SECTOR) {
      if (!this.#governor.take("work", SECTOR)) {
        this.#problems.add("limit");
        return;
      }
      const sector = Buffer.from(
        readRange(this.#source, start, Math.min(start + SECTOR, data.end)),
      );
      if (sector.length === 0) {
        this.#problems.add("truncated");
        return;
      }
      let at = 0;
      let length = sector[0] ?? 0;
      while (length > RECORD && at + length <= sector.length) {
        const record = sector.subarray(at, at + length);
        if ((record[32] ?? 0) !== 1 || (record[33] ?? 0) > 1) {
          yield this.#record(record, start + at, path, tree);
        }
        at += length;
        length = sector[at] ?? 0;
      }
      if (length !== 0) {
        this.#problems.add("damaged");
      }
    }
  }

  #record(record: Buffer, offset: number, path: string, tree: IsoRecord["tree"]): IsoRecord {
    const block = record.readUInt32LE(2);
    const size = record.readUInt32LE(10);
    const flags = record[25] ?? 0;
    const nameEnd = Math.min(record.length, RECORD + (record[32] ?? 0));
    const ridge = this.#rockRidge(record.subarray(nameEnd + (nameEnd % 2)));
    const plain = nameOf(record.subarray(RECORD, nameEnd), tree);
    const start = (block + (record[1] ?? 0)) * SECTOR;
    return {
      path: `${path}${path === "" ? "" : "/"}${ridge.name ?? plain}`,
      tree,
      isFolder: (flags & FLAG.folder) !== 0,
      data: { start, end: start + size },
      offset,
      mode: ridge.mode,
      linkTarget: ridge.linkTarget,
      differs: record.readUInt32BE(6) !== block || record.readUInt32BE(14) !== size,
      isPartial: (flags & FLAG.continues) !== 0 || ridge.isPacked,
    };
  }

  #rockRidge(area: Uint8Array): RockRidge {
    let ridge = readRockRidge(area);
    for (let count = 0; count < MAX_MORE && ridge.more !== undefined; count += 1) {
      const { sector, at, length } = ridge.more;
      if (!this.#governor.take("work", SECTOR)) {
        this.#problems.add("limit");
        break;
      }
      const start = sector * SECTOR + at;
      const end = start + Math.min(length, SECTOR);
      this.#understood.push({ start, end });
      ridge = readRockRidge(readRange(this.#source, start, end), ridge);
    }
    return ridge;
  }
}

/** Without the version that ISO 9660 puts behind each name. */
function nameOf(bytes: Buffer, tree: IsoRecord["tree"]): string {
  const text =
    tree === "joliet"
      ? Buffer.from(bytes.subarray(0, bytes.length & ~1))
          .swap16()
          .toString("utf16le")
          .toWellFormed()
      : bytes.toString("latin1");
  return text.replace(/;\d+$/, "").replace(/(?<=[^.])\.$/, "");
}
