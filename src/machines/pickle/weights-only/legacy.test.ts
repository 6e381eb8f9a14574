import { describe, expect, it } from "vitest";

import { MemorySource } from "../../../bytes/memory-source.ts";
import type { RandomSource } from "../../../kernel/source.ts";
import {
  called,
  global,
  littleEndian,
  pickle,
  tuple,
  written,
} from "../../../../test/builders/pickle.ts";
import type { PickleValue, Writer } from "../../../../test/builders/pickle.ts";
import {
  MAGIC,
  legacyFile,
  stateDict,
  stream,
  torchTar,
} from "../../../../test/builders/pytorch.ts";
import { askTorch, hasTorch } from "../../../../test/builders/torch-oracle.ts";
import { buildZip } from "../../../../test/builders/zip.ts";
import { weightsOnlyLegacy } from "./legacy.ts";
import { weightsOnlyPlain } from "./plain.ts";
import { isTarHeader } from "./tar.ts";
import { isTorchLoadName } from "./torch-load-name.ts";

const ACCEPTED = "accepted";
const HOOKS = called("collections", "OrderedDict");
const MANY = Array.from({ length: 600 }, (_, index) => ({
  key: String(1000 + index),
  elements: 1,
}));

/** A storage with all its parts, as only the legacy layout has them. */
function reference(
  type: string,
  key: PickleValue,
  elements: PickleValue,
  view: PickleValue,
): Writer {
  const [module = "", name = ""] = type.split("/");
  return written((builder) => {
    builder.tuple("storage", global(module, name), key, "cpu", elements, view).op("BINPERSID");
  });
}

function floats(view: PickleValue, size: number, key: PickleValue = "94"): Writer {
  const storage = reference("torch/FloatStorage", key, 4, view);
  return called(
    "torch._utils",
    "_rebuild_tensor_v2",
    storage,
    0,
    tuple(size),
    tuple(1),
    false,
    HOOKS,
  );
}

function withObject(value: PickleValue): Buffer {
  return legacyFile({ object: stream(value) });
}

function sparse(indexType: string, size: number): Buffer {
  const indices = called(
    "torch._utils", "_rebuild_tensor_v2", reference(indexType, "95", indexType.endsWith("LongStorage") ? 4 : 8, null), 0,
    tuple(1, 4), tuple(4, 1), false, HOOKS,
  ); // prettier-ignore
  const layout = called("torch.serialization", "_get_layout", "torch.sparse_coo");
  const value = called(
    "torch._utils",
    "_rebuild_sparse_tensor",
    layout,
    tuple(indices, floats(null, 4), tuple(size)),
  );
  const bytes = Buffer.concat([0, 1, 2, 3].map((index) => littleEndian(index, 8)));
  const elements = indexType.endsWith("LongStorage") ? 4 : 8;
  return legacyFile({
    object: stream(value),
    storages: [{ key: "94", elements: 4 }, { key: "95", elements, data: bytes }],
  }); // prettier-ignore
}

/** A header whose checksum is right, which is all that `tarfile` looks at. */
function tarHeader(bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(1024);
  header.set(bytes);
  header.fill(0x20, 148, 156);
  const sum = header.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

const whole = legacyFile();

type Row = readonly [title: string, file: Buffer, reason: string];

const ROWS: readonly Row[] = [
  ["as torch writes it", whole, "its storage is as the pickle says"],
  ["more storages than are kept of a list", legacyFile({ storages: MANY }), "its 600 storages are"],
  ["something behind", legacyFile({ trailing: Buffer.from("junk") }), ACCEPTED],
  ["another magic number", legacyFile({ magic: stream(MAGIC + 1n) }), "not torch's magic number"],
  ["a magic number with values below", legacyFile({ magic: pickle().proto(2).values(1, 2, MAGIC).done() }), ACCEPTED],
  ["a version that is a float", legacyFile({ version: pickle().proto(2).op("BINFLOAT", 1001).done() }), ACCEPTED],
  ["another version", legacyFile({ version: stream(1002) }), "protocol version 1001"],
  ["a version of text", legacyFile({ version: stream("1001") }), "protocol version 1001"],
  ["any system facts", legacyFile({ systemFacts: stream(null) }), ACCEPTED],
  ["system facts with a call", legacyFile({ systemFacts: stream(global("os", "system")) }), "GLOBAL os.system"],
  ["system facts that name a storage", legacyFile({ systemFacts: stream(floats(null, 4)) }), "where the file has none"],
  ["an unsafe object", withObject(global("torch.nn", "Linear")), "GLOBAL torch.nn.Linear"],
  ["a view", withObject(floats(tuple("v", 1, 2), 2)), ACCEPTED],
  ["a tensor beyond a view", withObject(floats(tuple("v", 1, 2), 3)), "needs 12 bytes of a storage that has 8"],
  ["a view beyond its storage", withObject(floats(tuple("v", 2, 99), 2)), ACCEPTED],
  ["a view of two parts", withObject(floats(tuple("v", 1), 2)), "not three parts"],
  ["a storage that a tensor makes grow", withObject(floats(null, 5)), "has 16 bytes and the pickle needs 20"],
  ["a storage without a view", withObject(written((b) => void b.tuple("storage", global("torch", "FloatStorage"), "94", "cpu", 4).op("BINPERSID"))), "has 5 parts"],
  ["an untyped storage", withObject(reference("torch.storage/UntypedStorage", "94", 16, null)), "type of a storage"],
  ["a dtype without element size", withObject(reference("torch/uint4", "94", 16, null)), "type of a storage"],
  ["keys in a tuple", legacyFile({ keys: stream(tuple("94")) }), ACCEPTED],
  ["keys that nobody names", legacyFile({ keys: stream(["94", "95"]) }), "does not name"],
  ["no keys", legacyFile({ keys: stream([]) }), ACCEPTED],
  ["keys that are none", legacyFile({ keys: stream(1) }), "cannot be iterated"],
  ["a key that is a number", legacyFile({ object: stream(floats(null, 4, 94)), keys: stream([94]) }), ACCEPTED],
  ["another number of elements", legacyFile({ count: 3 }), "has 12 bytes and the pickle needs 16"],
  ["an end within a storage", whole.subarray(0, -1), "ends within storage 94"],
  ["an end within a count", whole.subarray(0, -17), "ends before its storages do"],
  ["sparse indices", sparse("torch/LongStorage", 4), ACCEPTED],
  ["sparse indices out of bounds", sparse("torch/LongStorage", 3), "the index 3"],
  ["sparse indices that are converted", sparse("torch/IntStorage", 4), "converted before they are read"],
  ["a tar archive", torchTar(), "legacy tar layout"],
  ["a tar header around a legacy file", tarHeader(whole.subarray(0, 140)), "legacy tar layout"],
  ["a plain pickle", stateDict([], false), "magic number"],
  ["a pickle of protocol 4", pickle().proto(4).framed((b) => void b.value([1])).done(), "FRAME opcode is not supported"],
  ["an empty file", Buffer.alloc(0), "has no STOP"],
  ["zeros", Buffer.alloc(1024), "legacy tar layout"],
  ["a zip archive behind something", buildZip([{ name: "a/b", data: "" }], { prefix: "X" }), "counts"],
  ["text", Buffer.from("Hello, world\n"), "0x48 is not an opcode"],
]; // prettier-ignore

function judge(source: RandomSource): string {
  const { result, reason } = weightsOnlyLegacy(source);
  return `${result}: ${reason}`;
}

describe("weightsOnlyLegacy", () => {
  it.each(ROWS)("%s", (_, file, reason) => {
    expect(judge(new MemorySource(file, "model.pt"))).toContain(reason);
  });

  it.skipIf(!hasTorch)("agrees with torch", { timeout: 120_000 }, () => {
    const answers = askTorch(ROWS.map(([, file]) => file));
    expect(
      ROWS.map(([title, file]) => [title, judge(new MemorySource(file, "")).split(":")[0]]),
    ).toEqual(ROWS.map(([title], index) => [title, answers[index]]));
  });

  it("rejects cut files", () => {
    for (let cut = 0; cut < whole.length; cut += 3) {
      expect(judge(new MemorySource(whole.subarray(0, cut), "model.pt"))).toContain("rejected");
    }
  });

  it("does not follow a long first pickle without the magic number", () => {
    const filler = "N".repeat(200_000);
    const long = (value: PickleValue): Buffer => pickle().proto(2).raw(filler).value(value).done();
    expect(judge(new MemorySource(long(1), ""))).toContain("not torch's magic number");
    expect(judge(new MemorySource(legacyFile({ magic: long(MAGIC) }), ""))).toContain(ACCEPTED);
  });

  it("takes everything else for the same", () => {
    expect(weightsOnlyPlain(new MemorySource(whole, "model.pt")).result).toBe(ACCEPTED);
  });
});

describe("isTarHeader", () => {
  it("needs a whole header with its checksum", () => {
    const tar = torchTar();
    expect(isTarHeader(tar.subarray(0, 512))).toBe(true);
    expect(isTarHeader(tar.subarray(0, 511))).toBe(false);
    const changed = Buffer.from(tar);
    changed[0] = 0x7a;
    expect(isTarHeader(changed)).toBe(false);
  });

  it("takes checksums over signed bytes", () => {
    const header = Buffer.alloc(512);
    header[0] = 0x80;
    header.fill(0x20, 148, 156);
    header.write(`${(0x20 * 8 - 0x80).toString(8)}\0`, 148, "latin1");
    expect(isTarHeader(header)).toBe(true);
  });
});

describe("isTorchLoadName", () => {
  it.each([
    ["model.pt", true],
    ["pytorch_model.bin", true],
    ["last.ckpt", true],
    ["checkpoint.pth.tar", true],
    ["MODEL.PTH", true],
    ["model.safetensors", false],
    ["model.joblib", false],
    ["__0_0.distcp", false],
    ["pt", false],
  ])("%s", (name, expected) => {
    expect(isTorchLoadName(name)).toBe(expected);
  });
});
