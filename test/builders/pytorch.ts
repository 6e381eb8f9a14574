/**
 * Builds files as `torch.save` wrote and writes them, sound ones and ones in which any part lies. Layouts
 * follow `torch/serialization.py`; nothing here ever loads a file.
 */

import { global, littleEndian, pickle, tuple, written } from "./pickle.ts";
import type { PickleBuilder, PickleValue, Writer } from "./pickle.ts";
import { buildTar } from "./tar.ts";
import { buildTorchZip } from "./zip.ts";

export interface StorageSpec {
  readonly key: string;
  /** Class in `torch`; `FloatStorage` unless stated. */
  readonly type?: string;
  /** Number that the pickle states. */
  readonly elements: number;
  /** The elements; zeros of the stated size (4 bytes each) unless given. */
  readonly data?: Uint8Array;
}

export const MAGIC = 0x1950a86a20f9469cfc6cn;

/** The reference to a storage, as the zip layout has it; `legacy` adds the view, which nobody uses. */
export function storage(spec: StorageSpec, legacy = false): Writer {
  const { key, type = "FloatStorage", elements } = spec;
  return written((builder) => {
    builder
      .tuple("storage", global("torch", type), key, "cpu", elements, ...(legacy ? [null] : []))
      .op("BINPERSID");
  });
}

/** A tensor of one dimension over a whole storage. */
export function tensor(spec: StorageSpec, legacy = false): Writer {
  return written((builder) => {
    builder
      .global("torch._utils", "_rebuild_tensor_v2")
      .reduce(storage(spec, legacy), 0, tuple(spec.elements), tuple(1), false, orderedDict());
  });
}

function orderedDict(): Writer {
  return written((builder) => {
    builder.call("collections", "OrderedDict");
  });
}

/** The stream of a state dict with one tensor for each storage. */
export function stateDict(storages: readonly StorageSpec[], legacy = false): Buffer {
  const builder = pickle().proto(2).call("collections", "OrderedDict").op("MARK");
  for (const [index, spec] of storages.entries()) {
    builder.value(`layer.${index}.weight`).value(tensor(spec, legacy));
  }
  return builder.op("SETITEMS").done();
}

/** A stream that would create the file `wb_canary`. */
export function hostile(): Buffer {
  return pickle().proto(2).call("os", "system", "touch wb_canary").done();
}

/** Any value as a stream of its own. */
export function stream(value: PickleValue, protocol = 2): Buffer {
  return pickle().proto(protocol).value(value).done();
}

export function storageBytes({ elements, data }: StorageSpec): Uint8Array {
  return data ?? new Uint8Array(4 * elements);
}

export interface LegacySpec {
  readonly magic?: Uint8Array;
  readonly version?: Uint8Array;
  readonly systemFacts?: Uint8Array;
  readonly object?: Uint8Array;
  readonly keys?: Uint8Array;
  readonly storages?: readonly StorageSpec[];
  /** Number of elements written in front of a storage, where it lies. */
  readonly count?: number;
  readonly trailing?: Uint8Array;
}

/** The layout before 1.6: five streams, then storages. */
export function legacyFile(spec: LegacySpec = {}): Buffer {
  const { storages = [{ key: "94", elements: 4 }] } = spec;
  const sorted = [...storages].sort((a, b) => (a.key < b.key ? -1 : 1));
  return Buffer.concat([
    spec.magic ?? stream(MAGIC),
    spec.version ?? stream(1001),
    spec.systemFacts ?? stream(systemFacts()),
    spec.object ?? stateDict(storages, true),
    spec.keys ?? stream(sorted.map(({ key }) => key)),
    ...sorted.flatMap((each) => [littleEndian(spec.count ?? each.elements, 8), storageBytes(each)]),
    spec.trailing ?? new Uint8Array(),
  ]);
}

function systemFacts(): ReadonlyMap<PickleValue, PickleValue> {
  return new Map<PickleValue, PickleValue>([
    ["protocol_version", 1001],
    ["little_endian", true],
    [
      "type_sizes",
      new Map<PickleValue, PickleValue>([
        ["short", 2],
        ["int", 4],
        ["long", 4],
      ]),
    ],
  ]);
}

/** What a hostile builder of streams writes, for those that want another call. */
export function calling(write: (builder: PickleBuilder) => void, protocol = 2): Buffer {
  const builder = pickle().proto(protocol);
  write(builder);
  return builder.done();
}

/** A member of an archive; the name is that below the archive's own folder. */
export interface TorchMember {
  readonly name: string;
  readonly data: Uint8Array | string;
}

export interface TorchZipSpec {
  readonly root?: string;
  readonly object?: Uint8Array;
  readonly storages?: readonly StorageSpec[];
  /** Instead of the small records that torch 2.15 writes around the object and its storages. */
  readonly records?: readonly TorchMember[];
  /** Behind the storages. */
  readonly more?: readonly TorchMember[];
}

export const RECORDS: readonly TorchMember[] = [
  { name: ".format_version", data: "1" },
  { name: ".storage_alignment", data: "64" },
  { name: "byteorder", data: "little" },
];

/** Members of the zip layout in torch's order. */
export function torchMembers(spec: TorchZipSpec = {}): TorchMember[] {
  const { storages = [{ key: "0", elements: 4 }] } = spec;
  return [
    { name: "data.pkl", data: spec.object ?? stateDict(storages) },
    ...(spec.records ?? RECORDS),
    ...storages.map((each) => ({ name: `data/${each.key}`, data: storageBytes(each) })),
    ...(spec.more ?? []),
    { name: "version", data: "3\n" },
    { name: ".data/serialization_id", data: "0".repeat(40) },
  ];
}

/** The layout since 1.6. */
export function torchZip(spec: TorchZipSpec = {}): Buffer {
  return buildTorchZip(spec.root ?? "archive", torchMembers(spec));
}

export interface TorchTarSpec {
  readonly object?: Uint8Array;
  readonly storages?: Uint8Array;
  readonly tensors?: Uint8Array;
}

/** The member `storages` of the tar layout, with one storage for each of the specifications. */
export function tarStorages(specs: readonly StorageSpec[], count = specs.length): Buffer {
  return Buffer.concat([
    stream(count),
    ...specs.flatMap((spec) => [
      stream(tuple(Number(spec.key), "cpu", global("torch", spec.type ?? "FloatStorage"))),
      littleEndian(spec.elements, 8),
      storageBytes(spec),
    ]),
    stream([]),
  ]);
}

/** The member `tensors`: for each storage a vector over all of it, under the storage's key plus 1. */
export function tarTensors(specs: readonly StorageSpec[]): Buffer {
  return Buffer.concat([
    stream(specs.length),
    ...specs.flatMap(({ key, elements }) => [
      stream(tuple(Number(key) + 1, Number(key), global("torch", "FloatTensor"))),
      ...[1, elements, 1, 0].map((number) => littleEndian(number, 8)),
    ]),
  ]);
}

/** The layout of torch 0.1. */
export function torchTar(spec: TorchTarSpec = {}): Buffer {
  const storages = [{ key: "9401", elements: 4 }];
  const reference = pickle().proto(2).ops("EMPTY_LIST").value("9402").ops("BINPERSID", "APPEND");
  return buildTar([
    { name: "sys_info", data: stream(systemFacts()) },
    { name: "pickle", data: spec.object ?? reference.done() },
    { name: "storages", data: spec.storages ?? tarStorages(storages) },
    { name: "tensors", data: spec.tensors ?? tarTensors(storages) },
  ]);
}
