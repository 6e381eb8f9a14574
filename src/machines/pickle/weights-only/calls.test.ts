import { describe, expect, it } from "vitest";

import { MemorySource } from "../../../bytes/memory-source.ts";
import {
  called,
  global,
  littleEndian,
  pickle,
  tuple,
  written,
} from "../../../../test/builders/pickle.ts";
import type { PickleValue, Writer } from "../../../../test/builders/pickle.ts";
import { storage, stream, torchZip } from "../../../../test/builders/pytorch.ts";
import type { StorageSpec } from "../../../../test/builders/pytorch.ts";
import { askTorch, hasTorch, inflate } from "../../../../test/builders/torch-oracle.ts";
import { weightsOnlyZip } from "./zip.ts";

const FLOATS: StorageSpec = { key: "0", elements: 4 };
const LONGS: StorageSpec = {
  key: "1",
  type: "LongStorage",
  elements: 8,
  data: Buffer.concat([0, 1, 2, 3, 1, 0, 1, 2].map((value) => littleEndian(value, 8))),
};
const QUANTIZED: StorageSpec = {
  key: "2",
  type: "QInt8Storage",
  elements: 4,
  data: Buffer.alloc(4),
};

const ACCEPTED = "accepted";
const UTILS = "torch._utils";
const HOOKS = called("collections", "OrderedDict");
const FLOAT32 = global("torch", "float32");

function floats(...shape: PickleValue[]): Writer {
  const [offset = 0, size = tuple(4), stride = tuple(1), ...rest] = shape;
  const more = rest.length > 0 ? rest : [false, HOOKS];
  return called(UTILS, "_rebuild_tensor_v2", storage(FLOATS), offset, size, stride, ...more);
}

function longs(offset: number, ...size: number[]): Writer {
  const stride = size.length === 2 ? tuple(size[1] ?? 1, 1) : tuple(1);
  return called(
    UTILS,
    "_rebuild_tensor_v2",
    storage(LONGS),
    offset,
    tuple(...size),
    stride,
    false,
    HOOKS,
  );
}

function quantized(...parameters: PickleValue[]): Writer {
  const args = [
    storage(QUANTIZED),
    0,
    tuple(2, 2),
    tuple(2, 1),
    tuple(...parameters),
    false,
    HOOKS,
  ];
  return called(UTILS, "_rebuild_qtensor", ...args);
}

function layout(name: string): Writer {
  return called("torch.serialization", "_get_layout", name);
}

function sparse(name: string, ...parts: PickleValue[]): Writer {
  return called(UTILS, "_rebuild_sparse_tensor", layout(name), tuple(...parts));
}

function values(count: number): Writer {
  return floats(0, tuple(count), tuple(1));
}

function parameterOf(...args: PickleValue[]): Writer {
  return called("torch.nn.parameter", "Parameter", ...args);
}

function created(module: string, name: string, ...args: PickleValue[]): Writer {
  return written((builder) => {
    builder
      .global(module, name)
      .tuple(...args)
      .op("NEWOBJ");
  });
}

function built(value: PickleValue, state: PickleValue): Writer {
  return written((builder) => {
    builder.value(value).build(state);
  });
}

function dict(...pairs: [PickleValue, PickleValue][]): ReadonlyMap<PickleValue, PickleValue> {
  return new Map(pairs);
}

type Row = readonly [title: string, value: PickleValue, reason: string];

const BUILTINS: readonly Row[] = [
  ["an OrderedDict", HOOKS, ACCEPTED],
  ["an OrderedDict of pairs", called("collections", "OrderedDict", [tuple("a", 1), ["b", 2]]), ACCEPTED],
  ["an OrderedDict of a triple", called("collections", "OrderedDict", [tuple(1, 2, 3)]), "is no pair"],
  ["an OrderedDict of None", called("collections", "OrderedDict", null), "cannot be iterated"],
  ["an OrderedDict with an unhashable key", called("collections", "OrderedDict", [tuple([], 1)]), "cannot be a key"],
  ["a Counter of a dict", called("collections", "Counter", dict(["a", 2])), ACCEPTED],
  ["a Counter of None", called("collections", "Counter", null), ACCEPTED],
  ["a Counter of lists", called("collections", "Counter", [[]]), "not hashable"],
  ["a set", called("__builtin__", "set", [1, "a", tuple(1)]), ACCEPTED],
  ["a set of lists", called("builtins", "set", [[1]]), "not hashable"],
  ["a frozenset", called("builtins", "frozenset", [1]), "GLOBAL builtins.frozenset is not on"],
  ["bytes", called("_codecs", "encode", "a\u00ff", "latin1"), ACCEPTED],
  ["bytes with another spelling", called("_codecs", "encode", "a", "Latin-1", "strict"), ACCEPTED],
  ["bytes that are not Latin-1", called("_codecs", "encode", "\u20ac", "latin1"), "cannot encode"],
  ["bytes by an unknown codec", called("_codecs", "encode", "a", "nope"), "is not followed"],
  ["a byte array", called("builtins", "bytearray", "a", "latin-1"), ACCEPTED],
  ["a byte array of bytes", called("builtins", "bytearray", called("_codecs", "encode", "a", "latin1")), ACCEPTED],
  ["a byte array of too large integers", called("builtins", "bytearray", [256]), "from 0 to 255"],
  ["a complex number", called("builtins", "complex", 1, 0.5), ACCEPTED],
  ["a complex number of text", called("builtins", "complex", 1, "2"), "cannot take a str"],
  ["Python 2's long", called("__builtin__", "long", 1), "GLOBAL builtins.int is not on"],
  ["Python 2's intern", called("__builtin__", "intern", "a"), "of a module that torch blocks"],
  ["os.system", called("os", "system", "touch wb_canary"), "GLOBAL os.system is of a module that torch blocks"],
  ["a DTensor", global("torch.distributed.tensor", "DTensor"), "imported first"],
  ["a name without a call", global("torch.nn", "Linear"), "GLOBAL torch.nn.Linear is not on"],
]; // prettier-ignore

const TORCH: readonly Row[] = [
  ["a Size", called("torch", "Size", [2, 3]), ACCEPTED],
  ["a Size of a float", called("torch", "Size", [0.5]), "cannot hold a float"],
  ["a device", called("torch", "device", "cuda", 1), ACCEPTED],
  ["a device that is none", called("torch", "device", "foo"), "is not a device"],
  ["a layout", layout("torch.sparse_csr"), ACCEPTED],
  ["a layout that is none", layout("strided"), "knows no such layout"],
  ["a dtype", FLOAT32, ACCEPTED],
  ["a dtype that is called", called("torch", "float32"), "cannot be called"],
  ["a storage type that is called", called("torch", "FloatStorage"), "cannot be called"],
  ["a call of a list", written((builder) => void builder.value([]).reduce()), "REDUCE calls a list"],
  ["a tensor", floats(), ACCEPTED],
  ["a view", floats(1, tuple(2, 1), tuple(2, 1)), ACCEPTED],
  ["a tensor as lists", floats(0, [4], [1]), ACCEPTED],
  ["a tensor beyond its storage", floats(1), "needs 20 bytes of a storage that has 16"],
  ["a negative offset", floats(-1), "is negative"],
  ["an offset that is a bool", floats(true), "has to be an integer"],
  ["a negative size", floats(0, tuple(-4)), "more elements"],
  ["a negative stride", floats(0, tuple(4), tuple(-1)), "64 bits can address"],
  ["more strides than sizes", floats(0, tuple(4), tuple(1, 1)), "has 2 strides"],
  ["no strides at all", floats(0, tuple(2, 2), tuple()), ACCEPTED],
  ["an empty tensor far behind its storage", floats(1000, tuple(0)), ACCEPTED],
  ["a shape of a float", floats(0, tuple(0.5)), "has to be an integer"],
  ["a shape that overflows", floats(0, tuple(2n ** 62n, 4), tuple(0, 0)), "more elements"],
  ["requires_grad as a number", floats(0, tuple(4), tuple(1), 1, HOOKS), "has to be a bool"],
  ["gradients of integers", called(UTILS, "_rebuild_tensor_v2", storage(LONGS), 0, tuple(8), tuple(1), true, HOOKS), "cannot require gradients"],
  ["a tensor with metadata", floats(0, tuple(4), tuple(1), false, HOOKS, dict(["neg", true])), ACCEPTED],
  ["a conjugated real tensor", floats(0, tuple(4), tuple(1), false, HOOKS, dict(["conj", true])), "cannot be conjugated"],
  ["too few arguments", called(UTILS, "_rebuild_tensor_v2", storage(FLOATS), 0), "does not take 2 arguments"],
  ["no storage", called(UTILS, "_rebuild_tensor", 1, 0, tuple(4), tuple(1)), "where a storage has to be"],
  ["a tensor of another dtype", called(UTILS, "_rebuild_tensor_v3", storage(FLOATS), 0, tuple(4), tuple(1), false, HOOKS, global("torch", "int32")), ACCEPTED],
  ["a wider dtype than the storage has", called(UTILS, "_rebuild_tensor_v3", storage(FLOATS), 0, tuple(4), tuple(1), false, HOOKS, global("torch", "float64")), "needs 32 bytes"],
  ["a meta tensor", called(UTILS, "_rebuild_meta_tensor_no_storage", FLOAT32, tuple(2, 3), tuple(3, 1), false), ACCEPTED],
  ["a meta tensor of one stride", called(UTILS, "_rebuild_meta_tensor_no_storage", FLOAT32, tuple(2, 3), tuple(1), false), "has 1 strides"],
  ["a converted tensor", called(UTILS, "_rebuild_device_tensor_from_cpu_tensor", floats(), global("torch", "float16"), "cpu", false), ACCEPTED],
  ["a tensor converted to qint8", called(UTILS, "_rebuild_device_tensor_from_cpu_tensor", floats(), global("torch", "qint8"), "cpu", false), "cannot be converted"],
  ["a tensor of an array", called(UTILS, "_rebuild_device_tensor_from_numpy", [1], FLOAT32, "cpu", false), "needs an array of numpy"],
  ["a wrapper subclass", called(UTILS, "_rebuild_wrapper_subclass", global("torch", "Tensor"), FLOAT32, tuple(1), tuple(1), 0, layout("torch.strided"), "cpu", false), "wrapper"],
  ["numbers in a tensor", called("torch", "FloatTensor", [[1, 2], [3, 4]]), ACCEPTED],
  ["ragged numbers in a tensor", called("torch", "FloatTensor", [[1, 2], [3]]), "differ in length"],
  ["a CUDA tensor type", called("torch.cuda", "FloatTensor"), "needs a CUDA device"],
]; // prettier-ignore

const PARAMETERS: readonly Row[] = [
  ["a Parameter", called(UTILS, "_rebuild_parameter", floats(), true, HOOKS), ACCEPTED],
  ["a Parameter of integers", called(UTILS, "_rebuild_parameter", longs(0, 4), true, HOOKS), "cannot require gradients"],
  ["a Parameter of a number", parameterOf(1), "a Parameter of a int cannot be made"],
  ["a Parameter with attributes", called(UTILS, "_rebuild_parameter_with_state", floats(), true, HOOKS, dict(["mine", 1])), ACCEPTED],
  ["a Parameter with a read-only attribute", called(UTILS, "_rebuild_parameter_with_state", floats(), true, HOOKS, dict(["shape", 1])), "attribute shape"],
  ["a Parameter with a number as an attribute", called(UTILS, "_rebuild_parameter_with_state", floats(), true, HOOKS, dict([1, 1])), "has to be text"],
  ["a tensor with attributes", called("torch._tensor", "_rebuild_from_type_v2", global(UTILS, "_rebuild_tensor_v2"), global("torch", "Tensor"), tuple(storage(FLOATS), 0, tuple(4), tuple(1), false, HOOKS), dict(["mine", 1])), ACCEPTED],
  ["a tensor of a foreign type", called("torch._tensor", "_rebuild_from_type_v2", global(UTILS, "_rebuild_tensor_v2"), global("collections", "OrderedDict"), tuple(storage(FLOATS), 0, tuple(4), tuple(1), false, HOOKS), null), "cannot become"],
  ["the state of an old Parameter", built(parameterOf(floats()), tuple(true, null, HOOKS)), ACCEPTED],
  ["a state of two", built(parameterOf(floats()), tuple(true, null)), "has 2 values"],
  ["an old tensor", built(created("torch", "FloatTensor"), tuple(storage(FLOATS), 0, tuple(4), tuple(1))), ACCEPTED],
  ["a tensor set to a number", built(floats(), tuple(1, 0, tuple(4), tuple(1))), "cannot be set to a int"],
  ["an OrderedDict with attributes", built(HOOKS, dict(["_metadata", 1])), ACCEPTED],
  ["an OrderedDict with a number as state", built(HOOKS, 1), "cannot be iterated"],
  ["a state for a dict", built(dict(), dict()), "cannot give a state to a dict"],
  ["a state for a set", built(called("builtins", "set"), dict(["a", 1])), "has no attributes"],
  ["an empty state for a set", built(called("builtins", "set"), null), ACCEPTED],
  ["a new OrderedDict", created("collections", "OrderedDict"), ACCEPTED],
  ["a new dtype", created("torch", "float32"), "which is no class"],
  ["a new int", written((builder) => void builder.value(1).tuple().op("NEWOBJ")), "creates a int"],
]; // prettier-ignore

const SPECIAL: readonly Row[] = [
  ["a quantized tensor", quantized(global("torch", "per_tensor_affine"), 0.5, 1), ACCEPTED],
  ["a scale of text", quantized(global("torch", "per_tensor_affine"), "1", 1), "scale"],
  ["a zero point of a float", quantized(global("torch", "per_tensor_affine"), 0.5, 0.5), "zero point"],
  ["a tensor quantized by channel", quantized(global("torch", "per_channel_affine"), [0.5, 0.5], [0, 0], 1), ACCEPTED],
  ["too few scales", quantized(global("torch", "per_channel_affine"), [0.5], [0], 1), "one scale"],
  ["an axis too many", quantized(global("torch", "per_channel_affine"), [0.5], [0], 2), "axis"],
  ["a symmetric scheme", quantized(global("torch", "per_tensor_symmetric"), 0.5, 1), "cannot be rebuilt"],
  ["a sparse tensor", sparse("torch.sparse_coo", longs(0, 1, 4), values(4), tuple(4), true), ACCEPTED],
  ["a sparse tensor of old", sparse("torch.sparse_coo", longs(0, 1, 4), values(4), tuple(9)), ACCEPTED],
  ["an index out of bounds", sparse("torch.sparse_coo", longs(0, 1, 4), values(4), tuple(3), false), "the index 3 in a dimension of 3"],
  ["indices out of order", sparse("torch.sparse_coo", longs(3, 1, 3), values(3), tuple(4), true), "coalesced"],
  ["indices in any order", sparse("torch.sparse_coo", longs(3, 1, 3), values(3), tuple(4), false), ACCEPTED],
  ["two rows of indices", sparse("torch.sparse_coo", longs(0, 2, 4), values(4), tuple(4, 4), false), ACCEPTED],
  ["fewer values than indices", sparse("torch.sparse_coo", longs(0, 1, 4), values(3), tuple(4), false), "as many values"],
  ["compressed rows", sparse("torch.sparse_csr", longs(0, 4), longs(5, 3), values(3), tuple(3, 3)), ACCEPTED],
  ["row bounds that do not start at 0", sparse("torch.sparse_csr", longs(1, 3), longs(5, 3), values(3), tuple(2, 3)), "start at 0"],
  ["row bounds that end elsewhere", sparse("torch.sparse_csr", longs(0, 3), longs(5, 3), values(3), tuple(2, 3)), "do not end"],
  ["a column out of bounds", sparse("torch.sparse_csr", longs(0, 4), longs(5, 3), values(3), tuple(3, 2)), "out of bounds"],
  ["a sparse tensor of a dense layout", sparse("torch.strided", longs(0, 1, 4), values(4), tuple(4)), "cannot be rebuilt"],
]; // prettier-ignore

const ROWS = [...BUILTINS, ...TORCH, ...PARAMETERS, ...SPECIAL];

function fileOf(value: PickleValue): Buffer {
  return torchZip({ object: stream(value), storages: [FLOATS, LONGS, QUANTIZED] });
}

describe("calls", () => {
  it.each(ROWS)("%s", async (_, value, reason) => {
    const judged = await weightsOnlyZip(new MemorySource(fileOf(value), "sample.pt"), inflate);
    expect(judged.result === ACCEPTED ? ACCEPTED : judged.reason).toContain(reason);
  });

  it("does no more than linear work on lists in lists", async () => {
    const builder = pickle().proto(2).value([1]).put(0);
    for (let depth = 0; depth < 60; depth += 1) {
      builder.op("MARK").get(0).get(0).op("TUPLE").put(0);
    }
    builder.global("torch", "FloatTensor").get(0).ops("TUPLE1", "REDUCE");
    const object = builder.done();
    const file = torchZip({ object, storages: [] });
    const judged = await weightsOnlyZip(new MemorySource(file, "sample.pt"), inflate);
    // 2^60 numbers, and none of them looked at twice.
    expect(judged.reason).toContain("cannot be allocated");
  });

  it.skipIf(!hasTorch)("agrees with torch", { timeout: 120_000 }, () => {
    const expected = ROWS.map(([title, , reason]) => [title, reason === ACCEPTED]);
    const answers = askTorch(ROWS.map(([, value]) => fileOf(value)));
    expect(ROWS.map(([title], index) => [title, answers[index] === ACCEPTED])).toEqual(expected);
  });
});
