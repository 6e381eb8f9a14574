/** Writes safetensors files as the reference library lays them out, and headers as nobody would write them. */

import { Buffer } from "node:buffer";

export interface TensorSpec {
  readonly name: string;
  readonly dtype?: string;
  readonly shape?: readonly number[];
  readonly data?: Uint8Array;
}

/** A file with the header given as text, and with any length in front of it. */
export function rawSafetensors(
  header: string | Uint8Array,
  data: Uint8Array = Buffer.alloc(0),
  length?: number | bigint,
): Buffer {
  const bytes = Buffer.from(header);
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(length ?? bytes.length));
  return Buffer.concat([prefix, bytes, data]);
}

/** One entry of a header. */
export function entry(
  name: string,
  begin: number,
  end: number,
  { dtype = "U8", shape = [end - begin] }: Partial<TensorSpec> = {},
): string {
  return `${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [begin, end] })}`;
}

/** A sound file: tensors one after another, the header padded to a multiple of eight. */
export function safetensors(
  tensors: readonly TensorSpec[],
  metadata?: Readonly<Record<string, string>>,
): Buffer {
  const members = metadata === undefined ? [] : [`"__metadata__":${JSON.stringify(metadata)}`];
  let at = 0;
  for (const tensor of tensors) {
    const end = at + (tensor.data?.length ?? 0);
    members.push(entry(tensor.name, at, end, tensor));
    at = end;
  }
  const header = `{${members.join(",")}}`;
  const padding = (8 - (Buffer.byteLength(header) % 8)) % 8;
  return rawSafetensors(
    header + " ".repeat(padding),
    Buffer.concat(tensors.map(({ data }) => data ?? Buffer.alloc(0))),
  );
}

/** Where the data of a file begins. */
export function dataStart(file: Buffer): number {
  return 8 + Number(file.readBigUInt64LE());
}
