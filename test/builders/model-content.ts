/** Small samples of data stores and models that are only named, as `content.ts` has of the rest. */

import type { ContentSample } from "./content.ts";

function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function u64(value: number): Buffer {
  return Buffer.concat([u32(value % 2 ** 32), u32(Math.floor(value / 2 ** 32))]);
}

function bytes(...parts: readonly (string | number | Buffer)[]): Buffer {
  return Buffer.concat(
    parts.map((part) => {
      if (typeof part === "number") {
        return Buffer.from([part]);
      }
      return typeof part === "string" ? latin1(part) : part;
    }),
  );
}

function noise(length: number): Buffer {
  return Buffer.alloc(length, 0xe7);
}

/** A field of a protocol buffer: a varint below 128, or something delimited that is shorter. */
function field(number: number, content: number | string | Buffer): Buffer {
  if (typeof content === "number") {
    return Buffer.from([number * 8, content]);
  }
  const body = typeof content === "string" ? latin1(content) : content;
  const tag = number * 8 + 2;
  const tagBytes = tag < 128 ? [tag] : [(tag & 127) | 128, tag >> 7];
  return Buffer.concat([Buffer.from([...tagBytes, body.length]), body]);
}

function float(number: number, value: number): Buffer {
  const body = Buffer.alloc(5);
  body[0] = number * 8 + 5;
  body.writeFloatLE(value, 1);
  return body;
}

/** A FlatBuffer whose root table has a field table of two fields in front of it. */
function flatBuffer(identifier: string): Buffer {
  return bytes(u32(16), identifier, 8, 0, 8, 0, 4, 0, 0, 0, u32(8), u32(0));
}

const PARQUET_FOOTER = noise(20);
const SQLITE = bytes("SQLite format 3\0", 16, 0, noise(80));
const HDF5 = bytes("\u0089HDF\r\n\u001a\n", 0, noise(40));

const STORES: readonly ContentSample[] = [
  {
    kind: "parquet",
    bytes: bytes("PAR1", noise(8), PARQUET_FOOTER, u32(PARQUET_FOOTER.length), "PAR1"),
    lie: bytes("PAR1", noise(64), "PAR1"),
  },
  { kind: "parquet", bytes: bytes("PARE", noise(16), "PARE") },
  { kind: "arrow", bytes: bytes("ARROW1\0\0", noise(16)), lie: bytes("ARROW1", noise(16)) },
  { kind: "feather", bytes: bytes("FEA1", noise(16), "FEA1"), lie: bytes("FEA1", noise(16)) },
  {
    kind: "arrow-stream",
    bytes: bytes(
      "\u00ff\u00ff\u00ff\u00ff",
      u32(32),
      u32(16),
      noise(4),
      8,
      0,
      8,
      0,
      4,
      0,
      0,
      0,
      u32(8),
      noise(16),
    ),
    lie: bytes("\u00ff\u00ff\u00ff\u00ff", noise(64)),
  },
  { kind: "orc", bytes: bytes("ORC", noise(20), "ORC", 3), lie: bytes("ORC", noise(20)) },
  {
    kind: "avro",
    bytes: bytes("Obj\u0001\u0004\u0016avro.schema", noise(8)),
    lie: bytes("Obj\u0001", noise(40)),
  },
  { kind: "sqlite", bytes: SQLITE, lie: bytes("SQLite format 3\0", 7, 7, noise(80)) },
  { kind: "duckdb", bytes: bytes(noise(8), "DUCK", noise(5000)), lie: bytes(noise(8), "DUCK") },
  { kind: "lmdb", bytes: bytes(Buffer.alloc(16), u32(0xbeefc0de), u32(1), noise(40)) },
  {
    kind: "leveldb-table",
    bytes: bytes(noise(48), "\u0057\u00fb\u0080\u008b\u0024\u0075\u0047\u00db"),
  },
  { kind: "hdf5", bytes: HDF5, lie: bytes("\u0089HDF\r\n\u001a\n", noise(40)) },
  { kind: "hdf5", bytes: bytes(Buffer.alloc(1024), HDF5), lie: bytes(Buffer.alloc(1000), HDF5) },
  {
    kind: "netcdf",
    bytes: bytes("CDF\u0001\0\0\0\u0001", noise(40)),
    lie: bytes("CDF\u0001", noise(40)),
  },
  { kind: "mat", bytes: bytes("MATLAB 5.0 MAT-file".padEnd(124), "\0\u0001IM") },
  { kind: "fits", bytes: latin1(`SIMPLE  =${"T".padStart(21)} / file`.padEnd(2880)) },
  // An 8-byte record, its length followed by the masked CRC-32C that TensorFlow writes.
  {
    kind: "tfrecord",
    bytes: bytes(u64(8), Buffer.from("ff86240f", "hex"), noise(12)),
    lie: bytes(u64(8), noise(16)),
  },
  { kind: "rdata", bytes: bytes("RDX3\nX\n\0\0\0\u0003", noise(20)) },
  {
    kind: "rds",
    bytes: bytes("X\n\0\0\0\u0003\0\u0004\u0002\u0003", noise(20)),
    lie: bytes("X\n", noise(20)),
  },
  { kind: "rds", bytes: latin1("A\n3\n262657\n197888\n5\nUTF-8\n"), lie: latin1("A\n3\n26\n") },
  { kind: "pdf", bytes: bytes("%PDF-1.7\n", noise(20)), lie: bytes("%PDF-x", noise(20)) },
  {
    kind: "ole",
    bytes: bytes(
      "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1",
      Buffer.alloc(16),
      62,
      0,
      3,
      0,
      254,
      255,
      noise(20),
    ),
    lie: bytes("\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1", noise(40)),
  },
];

const TENSOR = '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
const NODE = bytes(field(1, "input/x"), field(2, "Placeholder"));

const MODELS: readonly ContentSample[] = [
  { kind: "gguf", bytes: bytes("GGUF", u32(3), u64(0), u64(0)), lie: bytes("GGUF", noise(20)) },
  { kind: "ggml", bytes: bytes("tjgg", u32(3), u32(32_000)), lie: bytes("tjgg", noise(20)) },
  {
    kind: "safetensors",
    bytes: bytes(u64(TENSOR.length), TENSOR, Buffer.alloc(4)),
    lie: bytes(u64(TENSOR.length), TENSOR.replace("F32", 'F"2'), Buffer.alloc(4)),
  },
  { kind: "tflite", bytes: flatBuffer("TFL3"), lie: bytes(u32(16), "TFL3", noise(40)) },
  { kind: "executorch", bytes: flatBuffer("ET12"), lie: bytes(u32(0xffff), "ET12", noise(40)) },
  { kind: "executorch-data", bytes: flatBuffer("FT01") },
  { kind: "ort", bytes: flatBuffer("ORTM") },
  { kind: "torch-mobile", bytes: flatBuffer("PTMF") },
  {
    kind: "xgboost-binary",
    bytes: bytes("binf", 0, 0, 0, 63, u32(4), noise(40)),
    lie: bytes("binf", noise(40)),
  },
  { kind: "xgboost-binary", bytes: latin1("bs64\tYmluZgAAAD8AAAAA"), lie: latin1("bs64 hello") },
  { kind: "catboost", bytes: bytes("CBM1", u32(16), noise(16)), lie: bytes("CBM1", noise(16)) },
  {
    kind: "xgboost-ubj",
    bytes: bytes("{L\0\0\0\0\0\0\0\u0007learner{"),
    lie: bytes("{L", noise(20)),
  },
  { kind: "ubjson", bytes: bytes("{i\u0004nameSi\u0003abc}"), lie: bytes("{i\u0004na\0eS") },
  {
    kind: "faiss",
    bytes: bytes("IxF2", u32(64), u64(1000), noise(40)),
    lie: bytes("IxF2", noise(40)),
  },
  {
    kind: "fasttext",
    bytes: bytes(u32(793_712_314), u32(12), u32(100), noise(40)),
    lie: bytes(u32(793_712_314), noise(40)),
  },
  { kind: "kenlm", bytes: bytes("mmap lm http://kheafield.com/code format version 5\n\0") },
  {
    kind: "crfsuite",
    bytes: bytes("lCRF", u32(48), "FOMC", Buffer.alloc(36)),
    lie: bytes("lCRF", u32(47), "FOMC", Buffer.alloc(36)),
  },
  {
    kind: "mxnet-params",
    bytes: bytes(u64(0x112), u64(0), u64(1), u32(0xf993fac9), noise(20)),
    lie: bytes(u64(0x112), noise(40)),
  },
  { kind: "torch7", bytes: bytes(u32(4), u32(1), u32(3), "V 1", noise(20)) },
  {
    kind: "paddle-params",
    bytes: bytes(Buffer.alloc(16), u32(6), 8, 5, 16, 4, 16, 4, noise(20)),
    lie: bytes(Buffer.alloc(16), noise(20)),
  },
  { kind: "tensorrt", bytes: bytes("ftrt", noise(40)) },
  { kind: "rknn", bytes: bytes("RKNN\0\0\0\0", u64(2), noise(20)), lie: bytes("RKNN", noise(20)) },
  {
    kind: "onnx",
    bytes: bytes(
      field(1, 8),
      field(2, "pytorch"),
      field(7, field(1, NODE)),
      field(8, field(2, 17)),
    ),
    lie: bytes(field(1, 8), field(2, "pytorch")),
  },
  { kind: "onnx", bytes: bytes(field(8, field(2, 17)), field(7, field(1, NODE)), field(1, 8)) },
  {
    kind: "tf-saved-model",
    bytes: bytes(field(1, 1), field(2, field(1, field(4, "serve")))),
    lie: bytes(field(1, 2), field(2, field(1, field(4, "serve")))),
  },
  {
    kind: "tf-graph",
    bytes: field(1, NODE),
    lie: field(1, bytes(field(1, "x"), field(2, "\u0001\u0002"))),
  },
  {
    kind: "tf-meta-graph",
    bytes: bytes(field(1, field(2, "ops")), field(2, field(1, NODE))),
    lie: bytes(field(1, field(2, "ops")), field(9, "x")),
  },
  { kind: "keras-metadata", bytes: field(1, bytes(field(3, "root"), field(4, "_tf_keras"))) },
  {
    kind: "coreml",
    bytes: bytes(field(1, 4), field(2, field(1, "x")), field(303, "linear")),
    lie: bytes(field(1, 4), field(2, field(1, "x")), field(9, "y")),
  },
  {
    kind: "paddle",
    bytes: field(1, bytes(8, 0, 16, Buffer.alloc(9, 255), 1, field(3, "vars"))),
    lie: field(1, bytes(8, 0, 16, 1)),
  },
  {
    kind: "sentencepiece",
    bytes: bytes(
      ...["<unk>", "<s>", "</s>", "a"].map((piece) =>
        field(1, bytes(field(1, piece), float(2, -1))),
      ),
    ),
    lie: bytes(
      ...["aaaaa", "bbb", "cccc", "a"].map((piece) =>
        field(1, bytes(field(1, piece), float(2, -1))),
      ),
    ),
  },
  {
    kind: "msgpack",
    bytes: bytes(0x81, 0xa6, "params", 0x81, 0xa6, "kernel", 0x92, 1, 2),
    lie: bytes(0x81, 0xa6, "par\0ms", 0x81, 0xa6, "kernel", 0x92, 1, 2),
  },
];

export const MODEL_SAMPLES: readonly ContentSample[] = [...STORES, ...MODELS];
