/** Builds tar files block by block, sound ones and ones in which any field lies. */

import { bytesOf } from "./zip.ts";

export interface TarMemberSpec {
  readonly name: string | Uint8Array;
  readonly data?: Uint8Array | string;
  /** One character; `0` by default. */
  readonly type?: string;
  readonly linkName?: string;
  readonly mode?: number;
  /** The size field: a number, or its bytes. */
  readonly size?: number | Uint8Array;
  readonly magic?: "ustar" | "gnu" | "v7";
  readonly prefix?: string;
  /** Adds to the checksum, so that it does not hold. */
  readonly wrongBy?: number;
  /** Sums signed bytes, as some old writers do. */
  readonly signedSum?: boolean;
  /** pax records in an extended header before the member. */
  readonly pax?: Readonly<Record<string, string>>;
  /** A GNU long name before the member. */
  readonly longName?: string;
  readonly longLink?: string;
  /** Written between header and data, such as a sparse map. */
  readonly afterHeader?: Uint8Array;
  /** Byte that fills the last block. */
  readonly padding?: number;
  /** Writes other bytes into the header before it is summed. */
  readonly patch?: Readonly<Record<number, number>>;
}

export interface TarOptions {
  /** Zero blocks at the end; 2 by default. */
  readonly endBlocks?: number;
  readonly trailing?: Uint8Array | string;
}

const BLOCK = 512;

function octal(value: number, length: number): string {
  return `${value.toString(8).padStart(length - 1, "0")}\0`;
}

function sum(block: Buffer, signed: boolean): number {
  let total = 0;
  for (const byte of block) total += signed && byte > 127 ? byte - 256 : byte;
  return total;
}

/** One header block. */
export function tarHeader(member: TarMemberSpec, dataLength: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.set(bytesOf(member.name).subarray(0, 100), 0);
  block.write(octal(member.mode ?? 0o644, 8), 100, "latin1");
  block.write(octal(0, 8), 108, "latin1");
  block.write(octal(0, 8), 116, "latin1");
  if (typeof member.size === "object") block.set(member.size, 124);
  else block.write(octal(member.size ?? dataLength, 12), 124, "latin1");
  block.write(octal(0, 12), 136, "latin1");
  block.write(member.type ?? "0", 156, "latin1");
  block.write(member.linkName ?? "", 157, "utf8");
  if (member.magic === "gnu") block.write("ustar  \0", 257, "latin1");
  else if (member.magic !== "v7") block.write("ustar\u000000", 257, "latin1");
  block.write(member.prefix ?? "", 345, "utf8");
  for (const [at, byte] of Object.entries(member.patch ?? {})) block[Number(at)] = byte;
  block.write("        ", 148, "latin1");
  const total = sum(block, member.signedSum === true) + (member.wrongBy ?? 0);
  block.write(`${total.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function padded(data: Buffer, fill = 0): Buffer {
  return Buffer.concat([data, Buffer.alloc((BLOCK - (data.length % BLOCK)) % BLOCK, fill)]);
}

/** The records of a pax header, each with its own length in front. */
export function paxRecords(records: Readonly<Record<string, string>>): Buffer {
  const lines = Object.entries(records).map(([key, value]) => {
    const rest = Buffer.byteLength(` ${key}=${value}\n`);
    let length = rest + 1;
    while (String(length).length + rest !== length) length = String(length).length + rest;
    return `${length} ${key}=${value}\n`;
  });
  return Buffer.from(lines.join(""), "utf8");
}

function extended(type: string, name: string, data: Buffer): Buffer {
  return Buffer.concat([tarHeader({ name, type }, data.length), padded(data)]);
}

/** Writes the archive. */
export function buildTar(members: readonly TarMemberSpec[], options: TarOptions = {}): Buffer {
  const parts: Buffer[] = [];
  for (const member of members) {
    const data = bytesOf(member.data);
    if (member.pax) parts.push(extended("x", "PaxHeader", paxRecords(member.pax)));
    if (member.longLink !== undefined) {
      parts.push(extended("K", "././@LongLink", Buffer.from(`${member.longLink}\0`)));
    }
    if (member.longName !== undefined) {
      parts.push(extended("L", "././@LongLink", Buffer.from(`${member.longName}\0`)));
    }
    parts.push(tarHeader(member, data.length), bytesOf(member.afterHeader));
    parts.push(padded(data, member.padding));
  }
  parts.push(Buffer.alloc(BLOCK * (options.endBlocks ?? 2)), bytesOf(options.trailing));
  return Buffer.concat(parts);
}
