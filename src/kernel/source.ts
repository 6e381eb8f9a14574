/**
 * Ports through which bytes are read. A source is always repeatable: the same position gives the
 * same bytes however often it is read.
 */

/** Plain, serialisable description from which another worker can open a source again. */
export type SourceRef =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "memory"; readonly name: string }
  /** Only the thread that holds it can read it, and lends it. */
  | { readonly kind: "lent"; readonly name: string; readonly size: number }
  | {
      readonly kind: "slice";
      readonly of: SourceRef;
      readonly start: number;
      readonly end: number;
    }
  | { readonly kind: "decoded"; readonly of: SourceRef; readonly codec: string };

export interface ByteSource {
  /** Last component of the locator, for messages. */
  readonly name: string;
  /** Size in bytes, where it is known without reading everything. */
  readonly size: number | undefined;
  readonly access: "random" | "sequential";
  readonly ref: SourceRef;
  readonly signal?: AbortSignal;
  /** The same bytes for a reader who will not come back to them, where the source would keep what it read. */
  readonly passing?: ByteSource;
  /** Fills `buffer` from `position` on; gives the number of bytes, 0 only at the end. */
  readInto(buffer: Uint8Array, position: number): Promise<number>;
  /** The same without awaiting, where the source can. */
  readIntoSync?(buffer: Uint8Array, position: number): number;
}

/** A source of known size that can be read anywhere at once: what parsers with hot loops ask for. */
export interface RandomSource extends ByteSource {
  readonly size: number;
  readonly access: "random";
  readonly passing?: RandomSource;
  readIntoSync(buffer: Uint8Array, position: number): number;
}

/** How a decoder ended. `consumed` counts the input bytes that belong to the encoded stream. */
export interface DecodeEnd {
  readonly status: "complete" | "truncated" | "damaged" | "unsupported" | "limit";
  readonly consumed: number;
  /** What is wrong, as half a sentence: `checksum is 0x1 and should be 0x2`. */
  readonly detail?: string;
}

/**
 * Output of a decoder: chunks of at most 1 MiB that the receiver must use before it asks for the
 * next one (the decoder reuses its buffer), then how it ended. Decoders never throw because of content.
 */
export type DecodeStream =
  | Generator<Uint8Array, DecodeEnd, void>
  | AsyncGenerator<Uint8Array, DecodeEnd, void>;
