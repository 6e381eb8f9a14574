/**
 * Models in protocol buffers, which have no magic number. The top-level fields have to be those of the schema,
 * with its wire types, and some of them must be there with values that make sense: onnx.proto, saved_model.proto,
 * graph.proto, Model.proto (Core ML), framework.proto (Paddle), sentencepiece_model.proto.
 */

import { likely } from "./content-kind.ts";
import type { ContentKind } from "./content-kind.ts";
import { within } from "./peek.ts";
import type { Peek } from "./peek.ts";

interface Field {
  readonly number: number;
  readonly wire: number;
  /** Value of a varint. */
  readonly value: number;
  /** Where the content of a delimited field lies; it may end beyond what is in memory. */
  readonly start: number;
  readonly end: number;
}

const MAX_FIELDS = 64;

export function identifyProtobufModel(file: Peek): ContentKind | undefined {
  // Every one of them starts with field 1, 2, 7 or 8, as a varint or delimited.
  if (![0x08, 0x0a, 0x12, 0x3a, 0x42].includes(file.u8(0))) {
    return undefined;
  }
  const fields = topLevel(file);
  if (fields === undefined || fields.length === 0) {
    return undefined;
  }
  return (
    onnx(file, fields) ??
    savedModel(file, fields) ??
    coreMl(file, fields) ??
    metaGraph(file, fields) ??
    kerasMetadata(file, fields) ??
    paddle(file, fields) ??
    sentencePiece(file, fields) ??
    graph(file, fields)
  );
}

/** Fields until the memory or the file ends; undefined where something is no field. */
function topLevel(file: Peek, from = 0, until = file.size): Field[] | undefined {
  const fields: Field[] = [];
  let at = from;
  while (at < Math.min(until, file.head.length) && fields.length < MAX_FIELDS) {
    const field = readField(file, at, until);
    if (field === undefined) {
      // A field that is cut by the end of the head is no objection.
      return at > file.head.length - 12 && !file.isWhole ? fields : undefined;
    }
    fields.push(field);
    at = field.end;
  }
  return fields;
}

function readField(file: Peek, at: number, until: number): Field | undefined {
  const tag = varint(file, at);
  if (tag === undefined || tag.value < 8) {
    return undefined;
  }
  const number = Math.floor(tag.value / 8);
  const wire = tag.value % 8;
  if (wire === 1 || wire === 5) {
    const end = tag.end + (wire === 1 ? 8 : 4);
    return end <= until ? { number, wire, value: 0, start: tag.end, end } : undefined;
  }
  const value = wire === 0 || wire === 2 ? varint(file, tag.end) : undefined;
  if (value === undefined) {
    return undefined;
  }
  const end = wire === 0 ? value.end : value.end + value.value;
  return end <= until ? { number, wire, value: value.value, start: value.end, end } : undefined;
}

/** As a number: exact up to 2^53, larger beyond. */
function varint(file: Peek, at: number): { value: number; end: number } | undefined {
  let value = 0;
  for (let index = 0; index < 10; index += 1) {
    const byte = file.u8(at + index);
    if (Number.isNaN(byte)) {
      return undefined;
    }
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) {
      return { value, end: at + index + 1 };
    }
  }
  return undefined;
}

function textOf(file: Peek, { start, end }: Field): string {
  return file.text(start, end);
}

/** Whether each field is one of the schema's, `number` to wire type. */
function follows(fields: readonly Field[], schema: Readonly<Record<number, number>>): boolean {
  return fields.every(({ number, wire }) => schema[number] === wire);
}

const ONNX = { 1: 0, 2: 2, 3: 2, 4: 2, 5: 0, 6: 2, 7: 2, 8: 2, 14: 2, 20: 2, 25: 2, 26: 2 };

function onnx(file: Peek, fields: readonly Field[]): ContentKind | undefined {
  const version = fields.find(({ number }) => number === 1);
  const producer = fields.find(({ number }) => number === 2);
  const graph = fields.find(({ number }) => number === 7);
  const isSigned = producer !== undefined && /^[\w.+ -]{3,}$/.test(textOf(file, producer));
  const fits =
    follows(fields, ONNX) &&
    (within(version?.value ?? 0, 1, 99) || (version === undefined && isSigned)) &&
    graph !== undefined &&
    within(graph.end - graph.start, 2, file.size);
  return fits ? likely("onnx", "an ONNX model", "model") : undefined;
}

function savedModel(file: Peek, fields: readonly Field[]): ContentKind | undefined {
  const [version, meta] = fields;
  const fits =
    follows(fields, { 1: 0, 2: 2 }) &&
    version?.number === 1 &&
    version.value === 1 &&
    meta?.number === 2 &&
    file.u8(meta.start) === 0x0a;
  return fits ? likely("tf-saved-model", "a TensorFlow model (SavedModel)", "model") : undefined;
}

/** A version, a description, and the kind of model as a field from 200 on. */
function coreMl(file: Peek, fields: readonly Field[]): ContentKind | undefined {
  const [version, description, kind] = fields;
  const fits =
    version?.number === 1 &&
    within(version.value, 1, 20) &&
    description?.number === 2 &&
    description.wire === 2 &&
    (kind === undefined
      ? !file.isWhole
      : within(kind.number, 10, 3100) && fields.some(({ number }) => number >= 200));
  return fits ? likely("coreml", "a Core ML model", "model") : undefined;
}

/** MetaInfoDef, then GraphDef with a node first. */
function metaGraph(file: Peek, fields: readonly Field[]): ContentKind | undefined {
  const [info, nodes] = fields;
  const fits =
    follows(fields, { 1: 2, 2: 2, 3: 2, 4: 2, 5: 2, 6: 2, 7: 2 }) &&
    info?.number === 1 &&
    file.u8(info.start) === 0x12 &&
    nodes?.number === 2 &&
    file.u8(nodes.start) === 0x0a;
  return fits
    ? likely("tf-meta-graph", "a TensorFlow graph with its metadata", "model")
    : undefined;
}

/** Objects of a saved Keras model; the first is the root. */
function kerasMetadata(file: Peek, fields: readonly Field[]): ContentKind | undefined {
  const root = fields[0];
  return root?.number === 1 && root.wire === 2 && file.is(root.start, "\x1a\x04root")
    ? likely("keras-metadata", "metadata of a Keras model", "model")
    : undefined;
}

/** Block 0, whose parent is -1. */
function paddle(file: Peek, fields: readonly Field[]): ContentKind | undefined {
  const block = fields[0];
  return block?.number === 1 &&
    block.wire === 2 &&
    file.is(block.start, "\x08\0\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
    ? likely("paddle", "a Paddle network", "model")
    : undefined;
}

/** Pieces, each with text and a score; the first ones are `<unk>`, `<s>` and the like. */
function sentencePiece(file: Peek, fields: readonly Field[]): ContentKind | undefined {
  const pieces = fields.slice(0, 4);
  const fits =
    pieces.length >= 3 &&
    pieces.every(({ number, wire, start, end }) => {
      const [text, score] = topLevel(file, start, end) ?? [];
      return (
        number === 1 &&
        wire === 2 &&
        text?.number === 1 &&
        text.wire === 2 &&
        score?.number === 2 &&
        score.wire === 5
      );
    }) &&
    /<(?:unk|s|\/s|pad|bos|eos)>/.test(file.text(0, 128));
  return fits ? likely("sentencepiece", "a SentencePiece tokenizer", "model") : undefined;
}

/** Nodes with a name and an operation, both identifiers. */
function graph(file: Peek, fields: readonly Field[]): ContentKind | undefined {
  const nodes = fields.slice(0, 3);
  const fits =
    follows(fields, { 1: 2, 2: 2, 3: 0, 4: 2, 5: 2 }) &&
    nodes.every(({ number, start, end }) => {
      const [name, operation] = topLevel(file, start, end) ?? [];
      return (
        number === 1 &&
        name?.number === 1 &&
        operation?.number === 2 &&
        /^[\w./^:-]+$/.test(textOf(file, name)) &&
        /^[A-Z]\w+$/.test(textOf(file, operation))
      );
    });
  return fits ? likely("tf-graph", "a TensorFlow graph", "model") : undefined;
}
