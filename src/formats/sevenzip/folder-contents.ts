/**
 * What comes out of the folders of one archive. A solid archive has hundreds of members in one folder, which can
 * only be decoded from its start: the last folder that somebody asked for is kept until its last member is closed.
 */

import { crc32 } from "node:zlib";

import type { Governor } from "../../bytes/governor.ts";
import type { Range } from "../../bytes/ledger.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { sliceSource } from "../../bytes/slice-source.ts";
import { spool } from "../../bytes/spool.ts";
import type { Spooled } from "../../bytes/spool.ts";
import type { SevenZipFolder, SevenZipStream } from "../../codecs/sevenzip/sevenzip-archive.ts";
import type { DecodeEnd, RandomSource } from "../../kernel/source.ts";
import { closingSource } from "../closing-source.ts";
import type { OpenedChild, ParseIssue } from "../format.ts";
import { decodeFolder } from "./decode-folder.ts";
import { METHOD } from "./methods.ts";
import type { PlanStep } from "./methods.ts";

const WINDOW = 1024 * 1024;
/** Bytes of the smallest table of probabilities. */
const LZMA_SET_UP = 2 * 0x300;

/** A folder that can be decoded, and where its packed bytes lie in the file. */
export interface ReadableFolder {
  readonly folder: SevenZipFolder;
  readonly steps: readonly PlanStep[];
  readonly range: Range;
}

export class FolderContents {
  readonly #source: RandomSource;
  #folder: ReadableFolder | undefined;
  #spooled: Spooled | undefined;

  constructor(source: RandomSource) {
    this.#source = source;
  }

  /** The content of one member; its checksum is compared. */
  async open(
    readable: ReadableFolder,
    stream: SevenZipStream,
    name: string,
    governor: Governor,
  ): Promise<OpenedChild> {
    const spooled = await this.#decode(readable, governor);
    const isLast = readable.folder.streams.at(-1) === stream;
    const content = sliceSource(spooled.source, stream.start, stream.end, name);
    const whole = stream.end <= spooled.source.size;
    const end: DecodeEnd =
      whole && !(isLast && spooled.end.status === "damaged")
        ? { status: "complete", consumed: 0 }
        : notWhole(spooled.end);
    const issues = whole
      ? [
          ...checksumIssues(content, stream.crc, governor),
          ...(isLast ? restIssues(readable, spooled.end) : []),
        ]
      : [];
    return { source: closingSource(content, () => this.#closed(isLast, governor)), end, issues };
  }

  close(): void {
    this.#spooled?.source.close?.();
    this.#spooled = undefined;
    this.#folder = undefined;
  }

  async #decode(readable: ReadableFolder, governor: Governor): Promise<Spooled> {
    if (this.#spooled !== undefined && this.#folder === readable) {
      return this.#spooled;
    }
    this.close();
    const { range, steps, folder } = readable;
    if (!governor.take("work", setUpCost(steps))) {
      const end = {
        status: "limit",
        consumed: 0,
        detail: "its decoders cost more than the limit allows",
      } as const;
      return { source: new MemorySource(new Uint8Array(), this.#source.name), end };
    }
    const stream = await decodeFolder(this.#source, range, steps, governor.limits.memory);
    const size = folder.streams.at(-1)?.end ?? 0;
    const spooled = await spool(stream, this.#source.name, governor, size);
    this.#folder = readable;
    this.#spooled = spooled;
    return spooled;
  }

  #closed(isLast: boolean, governor: Governor): void {
    if (isLast || governor.aborted) {
      this.close();
    }
  }
}

/** What LZMA sets up before the first byte comes out: up to 6 MiB, by two of its parameters. */
function setUpCost(steps: readonly PlanStep[]): number {
  const [first] = steps;
  const byte = first?.coder.method === METHOD.lzma ? (first.coder.properties[0] ?? 0) : 0;
  return LZMA_SET_UP * 2 ** ((byte % 9) + (Math.floor(byte / 9) % 5));
}

function notWhole(end: DecodeEnd): DecodeEnd {
  return end.status === "complete"
    ? { ...end, status: "damaged", detail: "less comes out than the archive states" }
    : end;
}

/** Packed bytes behind the end of the stream are seen by nobody who unpacks it. */
function restIssues({ range }: ReadableFolder, end: DecodeEnd): ParseIssue[] {
  const rest = range.end - range.start - end.consumed;
  return end.status === "complete" && rest > 0
    ? [
        {
          kind: "damaged",
          message: `${rest} bytes follow the packed data of the members and were not read`,
        },
      ]
    : [];
}

function checksumIssues(
  content: RandomSource,
  crc: number | undefined,
  governor: Governor,
): ParseIssue[] {
  if (crc === undefined) {
    return [];
  }
  const window = Buffer.allocUnsafe(Math.min(WINDOW, content.size));
  let computed = 0;
  for (let at = 0; at < content.size; at += window.length) {
    governor.checkAborted();
    const count = content.readIntoSync(window, at);
    computed = crc32(window.subarray(0, count), computed);
  }
  return computed === crc
    ? []
    : [
        {
          kind: "damaged",
          message: `the content's CRC-32 is ${hex(computed)}, the archive says ${hex(crc)}`,
        },
      ];
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, "0")}`;
}
