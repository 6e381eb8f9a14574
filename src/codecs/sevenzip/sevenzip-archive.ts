/**
 * What the directory of a 7z archive says, as data. A "folder" is what the format calls a chain of coders and the
 * packed bytes that go through it; what comes out is cut into the contents of files, one after another.
 */

export interface SevenZipCoder {
  /** In hexadecimal, such as `030101` for LZMA. */
  readonly method: string;
  readonly properties: Uint8Array;
  readonly inputs: number;
  readonly outputs: number;
}

/** A content: a part of what comes out of a folder. */
export interface SevenZipStream {
  readonly start: number;
  readonly end: number;
  readonly crc: number | undefined;
}

export interface SevenZipFolder {
  readonly coders: readonly SevenZipCoder[];
  /** Which input is fed by which output. */
  readonly bonds: readonly { readonly input: number; readonly output: number }[];
  /** Inputs that are fed from the file, in the order of `packed`. */
  readonly packedInputs: readonly number[];
  /** Of each output. */
  readonly unpackSizes: readonly number[];
  /** Where the packed bytes lie, counted from the end of the signature header. */
  readonly packed: readonly { readonly start: number; readonly end: number }[];
  readonly streams: readonly SevenZipStream[];
}

export interface SevenZipFile {
  readonly name: string;
  readonly hasStream: boolean;
  /** Of what has no stream: an empty file, where it is no folder. */
  readonly isEmptyFile: boolean;
  /** Says that the file is to be deleted where the archive is unpacked. */
  readonly isAnti: boolean;
  /** Windows' attributes in the low half; with bit 15, a Unix mode in the high half. */
  readonly attributes: number;
}

export type SevenZipDirectory =
  /** The directory itself is packed: the only content of the only folder. */
  | { readonly kind: "encoded"; readonly folders: readonly SevenZipFolder[] }
  | {
      readonly kind: "plain";
      readonly folders: readonly SevenZipFolder[];
      readonly files: readonly SevenZipFile[];
      /** Whether nothing follows the directory. */
      readonly whole: boolean;
    }
  | { readonly kind: "damaged"; readonly detail: string }
  | { readonly kind: "limit" };
