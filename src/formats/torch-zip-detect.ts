/** Recognizes zip files with PyTorch's layout, without reading them. */

import type { Match } from "./format.ts";
import { peekZip } from "./zip-detect.ts";

/** What head and tail show of such a file. */
export interface PeekedTorchZip {
  readonly match: Match;
  /** Whether it has what TorchScript adds: code, constants, byte code. */
  readonly isScript: boolean;
  readonly isPackage: boolean;
}

/** Members that no other kind of archive has. */
const OWN =
  /^[^/]+\/(?:data\.pkl|\.data\/(?:serialization_id|extern_modules)|\.format_version|\.storage_alignment)$/;
const SCRIPT = /^[^/]+\/(?:code\/.|(?:constants|bytecode)\.pkl$)/;
const PACKAGE = /^[^/]+\/\.data\/(?:extern_modules|python_version)$/;

/** Recognizes the layout by the names that can be seen. */
export function peekTorchZip(head: Uint8Array, tail: Uint8Array, size: number): PeekedTorchZip {
  const { match, names } = peekZip(head, tail, size);
  const isScript = names.some((name) => SCRIPT.test(name));
  const isPackage = names.some((name) => PACKAGE.test(name));
  const isTorch =
    isPackage || names.some((name) => OWN.test(name) || name.endsWith("/constants.pkl"));
  return { match: isTorch ? match : "none", isScript, isPackage };
}
