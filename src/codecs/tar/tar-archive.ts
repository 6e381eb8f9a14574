/**
 * What a tar file is made of, as data: members, bytes that belong to nothing, and every point in which
 * readers could disagree. What of it is harmful is for others to say.
 */

export interface TarEntry {
  /** As the extended headers have it, else as the header has it. */
  readonly name: string;
  /** Target of a link; empty for what is none. */
  readonly linkName: string;
  /** Type flag as one character: `0` file, `1` hard link, `2` symbolic link, `5` folder … */
  readonly type: string;
  readonly mode: number;
  /** Size of the member as stated. */
  readonly size: number;
  /** Of the first header that belongs to the member, extended ones included. */
  readonly offset: number;
  readonly dataStart: number;
  /** Without the padding to 512 bytes. */
  readonly dataEnd: number;
  /** Whether the data is a list of pieces and must be put together to be the file. */
  readonly sparse: boolean;
  /** Whether its data would reach past the end of the file. */
  readonly cut: boolean;
  /** Whether it lies behind an end mark or behind damage, where many readers no longer look. */
  readonly afterEnd: boolean;
  /** Bits of `TAR_DIFFERS`. */
  readonly differs: number;
}

/** In what readers could disagree about a member. */
export const TAR_DIFFERS = {
  /** Two extended headers, or one and the header's prefix, name different files. */
  name: 1,
  /** Extended header and header give sizes that lead to different next headers. */
  size: 1 << 1,
  linkName: 1 << 2,
  /** A link, folder or device that states a size: some readers skip that many bytes, some do not. */
  data: 1 << 3,
} as const;

export interface TarGap {
  readonly kind: "gap" | "trailing" | "padding";
  readonly start: number;
  readonly end: number;
}

export type TarProblem =
  /** A block that should be a header and is none. */
  | { readonly kind: "damaged"; readonly offset: number }
  /** The file ends without an end mark. */
  | { readonly kind: "no-end"; readonly offset: number }
  /** An extended header that cannot be read, or that no member follows. */
  | {
      readonly kind: "metadata";
      readonly offset: number;
      /** `deviation` where every reader gets the same from it. */
      readonly harm: "damaged" | "limit" | "truncated" | "deviation";
      readonly detail: string;
    }
  /** The budget of entries ran out. */
  | { readonly kind: "limit"; readonly offset: number };

export interface TarArchive {
  /** In the order of the file. */
  readonly entries: readonly TarEntry[];
  /** In the order of the file; runs of zeros are not among them. */
  readonly gaps: readonly TarGap[];
  readonly problems: readonly TarProblem[];
  /** Whether the bytes end in the middle of a member. */
  readonly truncated: boolean;
  /** Whether any header has the `ustar` magic. */
  readonly ustar: boolean;
}
