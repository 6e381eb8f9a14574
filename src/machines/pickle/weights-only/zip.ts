/**
 * The zip layout (torch 1.6 on): `<name>/data.pkl`, `<name>/data/<key>` for each storage, `version`,
 * `byteorder`, `.format_version`, `.storage_alignment`, as torch's PyTorchStreamReader reads them.
 */

import { isUtf8 } from "node:buffer";

import { readRange } from "../../../bytes/read.ts";
import { literalReadings } from "../../../codecs/pickle/literals.ts";
import { OP } from "../../../codecs/pickle/opcodes.ts";
import { quote } from "../../../kernel/text.ts";
import type { RandomSource } from "../../../kernel/source.ts";
import { ArchiveIndex } from "./archive-index.ts";
import { readMinizArchive } from "./miniz-archive.ts";
import type { Inflate, ZipArchive } from "./miniz-archive.ts";
import { Refusal, refuse } from "./refusal.ts";
import { simulateRestricted } from "./simulate-restricted.ts";
import { validateSparse } from "./sparse-check.ts";
import { torchFacts } from "./torch-facts.ts";
import type { TensorObject } from "./values.ts";
import { acceptedStorages, rejected } from "./weights-only.ts";
import type { WeightsOnly } from "./weights-only.ts";

/** One archive with the folder that all its records are in. */
interface Reader {
  readonly archive: ZipArchive;
  readonly index: ArchiveIndex;
  readonly prefix: string;
}

/**
 * Would torch.load accept the archive? Never rejects because of content; rejects when reading or
 * `inflate` does.
 *
 * @param source the whole file, which starts with `PK\x03\x04`. (torch takes a zip archive that starts
 *   with anything else for a pickle: `weightsOnlyPlain`.)
 * @param inflate asked for deflated records out of the small ones, `data.pkl`, and storages that hold
 *   the indices of sparse tensors. Other deflated storages are taken to be sound.
 */
export async function weightsOnlyZip(source: RandomSource, inflate: Inflate): Promise<WeightsOnly> {
  try {
    return await followArchive(readMinizArchive(source, inflate));
  } catch (error) {
    if (error instanceof Refusal) {
      return rejected(error.message);
    }
    throw error;
  }
}

async function followArchive(archive: ZipArchive): Promise<WeightsOnly> {
  const reader = openReader(archive);
  const id = await readSmall(reader, ".data/serialization_id");
  await checkVersion(reader);
  checkRecords(reader);
  await readRecord(reader, ".format_version");
  const littleEndian = await checkByteOrder(reader);
  await checkAlignment(reader);
  const pickle = await readRecord(reader, "data.pkl");
  if (pickle === undefined) {
    refuse("the archive has no data.pkl");
  }
  const result = simulateRestricted(pickle, 0, {
    legacy: false,
    storages: true,
    storageSize: (key) => storageSize(reader, key),
  });
  if (result.status !== "accepted") {
    refuse(result.status === "rejected" ? result.reason : "the pickle is too long");
  }
  await checkSparse(reader, result.sparse, littleEndian);
  if (id !== undefined && !isUtf8(id)) {
    refuse("the serialization id is not UTF-8");
  }
  return acceptedStorages(result.storages.size);
}

/** The folder of the first record is the archive's name; there has to be one. */
function openReader(archive: ZipArchive): Reader {
  const first = archive.records[0]?.name;
  if (first === undefined) {
    return refuse("the archive has no members");
  }
  const slash = first.indexOf("/");
  if (slash === -1) {
    refuse(`the first member ${quote(first)} is not in a folder`);
  }
  return { archive, index: new ArchiveIndex(archive.records), prefix: first.slice(0, slash + 1) };
}

async function readRecord(reader: Reader, name: string): Promise<RandomSource | undefined> {
  const record = reader.index.find(reader.prefix + name);
  if (record === undefined) {
    return undefined;
  }
  const problem = reader.archive.check(record);
  const source = problem === undefined ? await reader.archive.open(record) : undefined;
  return source ?? refuse(`${name} cannot be read: ${problem ?? "its data are damaged"}`);
}

/** First bytes of a small record. */
async function readSmall(reader: Reader, name: string): Promise<Uint8Array | undefined> {
  const source = await readRecord(reader, name);
  return source === undefined ? undefined : readRange(source, 0, 4096);
}

/** `std::stoull`: white space, a sign, digits, and whatever follows. */
async function checkVersion(reader: Reader): Promise<void> {
  const bytes = (await readSmall(reader, ".data/version")) ?? (await readSmall(reader, "version"));
  if (bytes === undefined) {
    refuse("the archive has no version");
  }
  const text = Buffer.from(bytes).toString("latin1");
  const [, sign, digits] = /^[\t-\r ]*([+-]?)([0-9]+)/.exec(text) ?? [];
  const value = digits === undefined ? -1n : BigInt(digits);
  if (digits === undefined || value >= 2n ** 64n) {
    refuse("the version of the archive is not a number");
  }
  const version = BigInt.asIntN(64, sign === "-" ? -value : value);
  const { minimum, maximum } = torchFacts().fileVersions;
  if (version < BigInt(minimum) || version > BigInt(maximum)) {
    refuse(`the archive has version ${version}; torch reads ${minimum} to ${maximum}`);
  }
}

/** All members are in the folder, and none makes the archive TorchScript. */
function checkRecords({ archive, prefix }: Reader): void {
  const outside = archive.records.find((record) => !record.name.startsWith(prefix));
  if (outside !== undefined) {
    refuse(`the member ${quote(outside.name)} is not in the folder ${quote(prefix)}`);
  }
  if (
    archive.records.some(({ name }) => !isUtf8(Buffer.from(name.slice(prefix.length), "latin1")))
  ) {
    refuse("the name of a member is not UTF-8");
  }
  if (archive.records.some((record) => record.name === `${prefix}constants.pkl`)) {
    refuse("torch.load refuses TorchScript archives under weights_only");
  }
}

/** Whether the storages are little-endian. */
async function checkByteOrder(reader: Reader): Promise<boolean> {
  const bytes = await readSmall(reader, "byteorder");
  const order = bytes === undefined ? "little" : Buffer.from(bytes).toString("latin1");
  if (order !== "little" && order !== "big") {
    refuse(`the byte order ${quote(order)} is neither little nor big`);
  }
  return order === "little";
}

async function checkAlignment(reader: Reader): Promise<void> {
  const bytes = await readSmall(reader, ".storage_alignment");
  // GET's operand in the Python reader is what Python's `int` takes.
  if (bytes !== undefined && literalReadings(bytes, OP.GET).python.kind !== "int") {
    refuse("the storage alignment is not a number");
  }
}

/** Size of a storage's record, or why there is none. */
function storageSize(reader: Reader, key: string): number | string {
  const record = reader.index.find(`${reader.prefix}data/${latin1Bytes(key)}`);
  if (record === undefined) {
    return `the archive has no member for storage ${quote(key)}`;
  }
  const problem = reader.archive.check(record);
  return problem === undefined ? record.size : `storage ${quote(key)} cannot be read: ${problem}`;
}

/** UTF-8 bytes as Latin-1 text, as names are given. */
function latin1Bytes(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

async function checkSparse(
  reader: Reader,
  tensors: readonly TensorObject[],
  littleEndian: boolean,
): Promise<void> {
  const sources = new Map<string, RandomSource>();
  for (const tensor of tensors) {
    for (const { storage } of tensor.parts?.indices ?? []) {
      const key = storage?.key;
      if (key === undefined || sources.has(key)) {
        continue;
      }
      const source = await readRecord(reader, `data/${latin1Bytes(key)}`);
      if (source !== undefined) {
        sources.set(key, source);
      }
    }
  }
  validateSparse(tensors, { open: (key) => sources.get(key), littleEndian });
}
