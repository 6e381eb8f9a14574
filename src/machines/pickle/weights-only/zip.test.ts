import { describe, expect, it } from "vitest";

import { MemorySource } from "../../../bytes/memory-source.ts";
import { global, tuple, written } from "../../../../test/builders/pickle.ts";
import { stateDict, stream, torchMembers, torchZip } from "../../../../test/builders/pytorch.ts";
import type { TorchMember, TorchZipSpec } from "../../../../test/builders/pytorch.ts";
import { askTorch, hasTorch, inflate } from "../../../../test/builders/torch-oracle.ts";
import { buildZip } from "../../../../test/builders/zip.ts";
import type { ZipMemberSpec, ZipOptions } from "../../../../test/builders/zip.ts";
import { weightsOnlyZip } from "./zip.ts";

const ACCEPTED = "accepted";

/** Members with full names, for archives that the plain builder would not write. */
function members(
  change: Readonly<Record<string, Partial<ZipMemberSpec> | null>> = {},
): ZipMemberSpec[] {
  return torchMembers().flatMap(({ name, data }) => {
    const changed = change[name];
    return changed === null ? [] : [{ name: `archive/${name}`, data, ...changed }];
  });
}

function zip(change?: Parameters<typeof members>[0], options?: ZipOptions): Buffer {
  return buildZip(members(change), options);
}

function withRecords(...records: TorchMember[]): Buffer {
  return torchZip({ records });
}

function withMore(spec: TorchZipSpec["more"]): Buffer {
  return torchZip({ more: spec ?? [] });
}

type Row = readonly [title: string, file: Buffer, reason: string];

const ROWS: readonly Row[] = [
  ["as torch writes it", torchZip(), "its storage is as the pickle says"],
  ["deflated", zip({ "data.pkl": { method: 8 }, "data/0": { method: 8 } }), ACCEPTED],
  ["bzip2", zip({ "data.pkl": { method: 12 } }), "method 12 is not supported"],
  ["encrypted", zip({ "data.pkl": { flags: 1 } }), "is encrypted"],
  ["damaged deflate", zip({ "data.pkl": { method: 8, packed: Buffer.from("junk") } }), "are damaged"],
  ["wrong checksums", zip({ "data.pkl": { crc: 1 }, "data/0": { crc: 2 } }), ACCEPTED],
  ["no version", zip({ version: null }), "has no version"],
  ["a version elsewhere", zip({ version: { name: "archive/.data/version" } }), ACCEPTED],
  ["version 0", zip({ version: { data: "0" } }), "has version 0"],
  ["version 11", zip({ version: { data: "11" } }), "has version 11"],
  ["version 3 with a tail", zip({ version: { data: " +3x" } }), ACCEPTED],
  ["a version below 0", zip({ version: { data: "-1" } }), "has version -1"],
  ["a version of text", zip({ version: { data: "x" } }), "is not a number"],
  ["a version of many digits", zip({ version: { data: "9".repeat(30) } }), "is not a number"],
  ["big-endian", withRecords({ name: "byteorder", data: "big" }), ACCEPTED],
  ["no byte order", withRecords(), ACCEPTED],
  ["a byte order with a line feed", withRecords({ name: "byteorder", data: "little\n" }), "neither little nor big"],
  ["an alignment of text", withRecords({ name: ".storage_alignment", data: "x" }), "alignment is not a number"],
  ["an alignment with spaces", withRecords({ name: ".storage_alignment", data: " 1_0 " }), ACCEPTED],
  ["TorchScript", withMore([{ name: "constants.pkl", data: stream(tuple()) }]), "refuses TorchScript"],
  ["constants deeper", withMore([{ name: "code/constants.pkl", data: "" }]), ACCEPTED],
  ["constants in upper case", withMore([{ name: "CONSTANTS.PKL", data: "" }]), ACCEPTED],
  ["more members", withMore([{ name: "extra", data: "anything" }]), ACCEPTED],
  ["a member outside", buildZip([...members(), { name: "other/x", data: "" }]), 'the member "other/x" is not in the folder'],
  ["a first member outside", buildZip([{ name: "x", data: "" }, ...members()]), 'the first member "x" is not in a folder'],
  ["another folder first", buildZip([{ name: "a/x", data: "" }, ...members()]), "has no version"],
  ["folders of their own", buildZip([{ name: "archive/", data: "" }, ...members(), { name: "archive/data/", data: "" }]), ACCEPTED],
  ["a name that is not UTF-8", buildZip([...members(), { name: Buffer.from("archive/\xff", "latin1"), data: "" }]), "name of a member is not UTF-8"],
  ["no pickle", zip({ "data.pkl": null }), "has no data.pkl"],
  ["a pickle in upper case", zip({ "data.pkl": { name: "archive/DATA.PKL" } }), ACCEPTED],
  ["a second pickle", buildZip([...members(), { name: "archive/data.pkl", data: "junk" }]), "LONG_BINGET"],
  ["a second pickle first", buildZip([{ name: "archive/data.pkl", data: "junk" }, ...members()]), ACCEPTED],
  ["a second pickle in upper case", buildZip([...members(), { name: "archive/DATA.pkl", data: "junk" }]), "LONG_BINGET"],
  ["no storage", zip({ "data/0": null }), 'no member for storage "0"'],
  ["a short storage", zip({ "data/0": { data: Buffer.alloc(15) } }), "has 15 bytes and the pickle says 16"],
  ["a long storage", zip({ "data/0": { data: Buffer.alloc(17) } }), "has 17 bytes and the pickle says 16"],
  ["a storage without a local header", zip({ "data/0": { central: { offset: 3 } } }), "local header is corrupted"],
  ["lying local headers", zip({ "data.pkl": { local: { name: "archive/data.xxx", method: 8, size: 1 } } }), ACCEPTED],
  ["a name outside ASCII", torchZip({ storages: [{ key: "é", elements: 4 }] }), ACCEPTED],
  ["a comment", zip({}, { comment: "hello" }), ACCEPTED],
  ["something behind", zip({}, { trailing: Buffer.alloc(1000) }), ACCEPTED],
  ["too much behind", zip({}, { trailing: Buffer.alloc(100_000) }), "has no central directory"],
  ["something before", zip({}, { prefix: "PK\u0003\u0004junk" }), "directory is corrupted"],
  ["no directory", zip({}, { noDirectory: true }), "has no central directory"],
  ["fewer entries", zip({}, { end: { entries: 2 } }), "has no version"],
  ["more entries", zip({}, { end: { entries: 99 } }), "directory is corrupted"],
  ["several disks", zip({}, { end: { disk: 3 } }), "split over several disks"],
  ["ZIP64", zip({}, { zip64: true }), ACCEPTED],
  ["ZIP64 with another count", zip({}, { zip64: { entries: 1 } }), "has no version"],
  ["an empty archive", Buffer.concat([Buffer.from("PK\u0003\u0004"), buildZip([])]), "has no members"],
  ["an unsafe global", torchZip({ object: stream(global("os", "system")), storages: [] }), "GLOBAL os.system"],
  ["a call that nobody knows", torchZip({ object: stream(written((b) => void b.value(1).reduce())), storages: [] }), "REDUCE calls a int"],
  ["something behind the pickle", torchZip({ object: Buffer.concat([stateDict([]), Buffer.from("junk")]), storages: [] }), ACCEPTED],
]; // prettier-ignore

describe("weightsOnlyZip", () => {
  it.each(ROWS)("%s", async (_, file, reason) => {
    const judged = await weightsOnlyZip(new MemorySource(file, "model.pt"), inflate);
    expect(judged.torch).toBe("2.15.0");
    expect(`${judged.result}: ${judged.reason}`).toContain(reason);
  });

  it.skipIf(!hasTorch)("agrees with torch", { timeout: 120_000 }, async () => {
    const answers = askTorch(ROWS.map(([, file]) => file));
    for (const [index, [title, file]] of ROWS.entries()) {
      const judged = await weightsOnlyZip(new MemorySource(file, "model.pt"), inflate);
      expect([title, judged.result]).toEqual([title, answers[index]]);
    }
  });

  it("never throws on cut and changed archives", async () => {
    const file = torchZip();
    for (let at = 0; at < file.length; at += 7) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ 0x55;
      for (const bytes of [file.subarray(0, at), changed]) {
        const { result } = await weightsOnlyZip(new MemorySource(bytes, "model.pt"), inflate);
        expect(["accepted", "rejected"]).toContain(result);
      }
    }
  });
});
