/**
 * Models that no format module reads. Signatures are from the projects' own sources: GGUF and GGML, safetensors,
 * FlatBuffers (TensorFlow Lite, ExecuTorch, ONNX Runtime, PyTorch mobile), XGBoost, CatBoost, FAISS, fastText,
 * KenLM, MXNet, Paddle, TensorRT, RKNN, Torch7.
 */

import { certain, likely } from "./content-kind.ts";
import type { ContentKind } from "./content-kind.ts";
import { within } from "./peek.ts";
import type { Peek } from "./peek.ts";

export function identifyModel(file: Peek): ContentKind | undefined {
  return (
    languageModel(file) ??
    safetensors(file) ??
    flatBuffer(file) ??
    booster(file) ??
    index(file) ??
    framework(file) ??
    engine(file)
  );
}

const GGML_MAGICS: Readonly<Record<string, string>> = {
  lmgg: "GGML",
  fmgg: "GGMF",
  tjgg: "GGJT",
  algg: "GGLA",
};

function languageModel(file: Peek): ContentKind | undefined {
  const little = within(file.u32(4), 1, 9);
  if (file.is(0, "GGUF") && (little || within(file.u32(4, false), 1, 9))) {
    return certain("gguf", "a GGUF model", "model");
  }
  const old = GGML_MAGICS[file.text(0, 4)];
  // GGML had no version; what follows there is the size of the vocabulary.
  return old !== undefined && within(file.u32(4), 1, old === "GGML" ? 10_000_000 : 9)
    ? certain("ggml", `a ${old} model`, "model")
    : undefined;
}

/** A length, then a JSON object of that length. */
function safetensors(file: Peek): ContentKind | undefined {
  const length = file.u64(0);
  if (
    !within(length, 2, Math.min(file.size - 8, 100_000_000)) ||
    !/^\{\s*["}]/.test(file.text(8, 72))
  ) {
    return undefined;
  }
  const end = 8 + length;
  if (end > file.head.length) {
    return likely("safetensors", "a safetensors file", "model");
  }
  try {
    JSON.parse(Buffer.from(file.head.subarray(8, end)).toString("utf8"));
    return certain("safetensors", "a safetensors file", "model");
  } catch {
    return undefined;
  }
}

const FLAT_BUFFERS: Readonly<Record<string, readonly [string, string]>> = {
  TFL3: ["tflite", "a TensorFlow Lite model"],
  ORTM: ["ort", "an ONNX Runtime model"],
  PTMF: ["torch-mobile", "a PyTorch mobile model"],
  FT01: ["executorch-data", "data of an ExecuTorch program"],
};

/** The root table lies in the file, and its field table in front of or behind it. */
function flatBuffer(file: Peek): ContentKind | undefined {
  const identifier = file.text(4, 8);
  const [kind, title] =
    FLAT_BUFFERS[identifier] ??
    (/^ET\d\d$/.test(identifier) ? ["executorch", "an ExecuTorch program"] : []);
  const root = file.u32(0);
  if (kind === undefined || title === undefined || !within(root, 8, file.size - 4)) {
    return undefined;
  }
  // Big models have their root at the end, out of sight.
  if (root + 4 > file.head.length) {
    return likely(kind, title, "model");
  }
  const fields = root - file.i32(root);
  const fits =
    within(fields, 4, file.size - 4) &&
    (fields + 4 > file.head.length || isFieldTable(file, fields));
  return fits ? certain(kind, title, "model") : undefined;
}

function isFieldTable(file: Peek, at: number): boolean {
  const size = file.u16(at);
  return size % 2 === 0 && within(size, 4, 512) && file.u16(at + 2) >= 4;
}

function booster(file: Peek): ContentKind | undefined {
  if (file.is(0, "binf") && Number.isFinite(file.f32(4)) && within(file.u32(8), 1, 100_000_000)) {
    return certain("xgboost-binary", "an XGBoost model", "model");
  }
  if (/^bs64\t[A-Za-z0-9+/=]{8}/.test(file.text(0, 16))) {
    return certain("xgboost-binary", "an XGBoost model in base64", "model");
  }
  if (file.is(0, "CBM1") && within(file.u32(4), 16, file.size - 8)) {
    return certain("catboost", "a CatBoost model", "model");
  }
  // Universal binary JSON: an object whose first key has a length of one or eight bytes.
  const key = file.is(0, "{L") ? 10 : 3;
  const length = key === 10 ? file.u64(2, false) : file.u8(2);
  if ((key === 3 && !file.is(0, "{i")) || !within(length, 1, 64)) {
    return undefined;
  }
  const name = file.text(key, key + length);
  const marker = file.text(key + length, key + length + 1);
  if (!/^[A-Za-z_]\w+$/.test(name) || !"{[SiUIlLdDTFZC".includes(marker) || marker === "") {
    return undefined;
  }
  return name === "learner" || name === "version"
    ? certain("xgboost-ubj", "an XGBoost model (UBJSON)", "model")
    : likely("ubjson", "universal binary JSON", "data");
}

/** Kinds of FAISS indexes, as `index_write.cpp` writes them; all begin with the dimension and the count. */
const FAISS = new Set(
  "IxFI IxF2 IxFl IxMp IxM2 IxMm IwFl IwPQ IwQR IwSq IxPq IxPQ IxSQ IxRQ IxPo IxP2 IxPT IxHE IxRF IHNf IHNs IHNp IHN2 IBxF IBwF IBHf IBMp IBM2".split(
    " ",
  ),
);

function index(file: Peek): ContentKind | undefined {
  const fits =
    FAISS.has(file.text(0, 4)) && within(file.u32(4), 1, 1_000_000) && file.u64(8) < 2 ** 48;
  if (fits) {
    return certain("faiss", "a vector index (FAISS)", "model");
  }
  if (
    file.u32(0) === 793_712_314 &&
    within(file.u32(4), 1, 99) &&
    within(file.u32(8), 1, 100_000)
  ) {
    return certain("fasttext", "a fastText model", "model");
  }
  if (file.is(0, "lCRF") && file.u32(4) === file.size && /^[A-Z]{4}$/.test(file.text(8, 12))) {
    return certain("crfsuite", "a CRFsuite model", "model");
  }
  return file.is(0, "mmap lm http://kheafield.com/code")
    ? certain("kenlm", "a language model (KenLM)", "model")
    : undefined;
}

function framework(file: Peek): ContentKind | undefined {
  const isArrays = file.u64(0) === 0x112 && file.u64(8) === 0 && within(file.u64(16), 1, 1_000_000);
  if (isArrays && within(file.u32(24), 0xf993fac8, 0xf993faca)) {
    return certain("mxnet-params", "parameters of an MXNet network", "model");
  }
  if (file.is(0, "\x04\0\0\0\x01\0\0\0\x03\0\0\0V 1")) {
    return certain("torch7", "a Torch7 object", "model");
  }
  // Paddle: versions 0 of file and tensor, no levels of detail, then the size of a tensor description.
  const isTensor =
    file.u32(0) === 0 &&
    file.u64(4) === 0 &&
    file.u32(12) === 0 &&
    within(file.u32(16), 4, 64) &&
    file.u8(20) === 8 &&
    file.u8(21) <= 30 &&
    file.u8(22) === 0x10;
  return isTensor ? certain("paddle-params", "parameters of a Paddle network", "model") : undefined;
}

function engine(file: Peek): ContentKind | undefined {
  if ((file.is(0, "ftrt") || file.is(0, "ptrt")) && file.size > 32) {
    return likely("tensorrt", "a TensorRT engine, which is native code for one GPU", "model");
  }
  return file.is(0, "RKNN\0\0\0\0") && within(file.u64(8), 1, 99)
    ? certain("rknn", "a Rockchip network (RKNN)", "model")
    : undefined;
}
