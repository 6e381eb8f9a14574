/**
 * The fact that the layouts report: would `torch.load(path, weights_only=True)` accept the file?
 *
 * Which function a format calls follows from the file's first bytes, as in torch.load itself:
 *
 * - `PK\x03\x04` at offset 0: `weightsOnlyZip`, whatever else is in the archive (TorchScript and .mar
 *   archives, npz files and plain zips are rejected with the reason that torch has).
 * - A tar header at offset 0 (`isTarHeader`, which knows no magic): `weightsOnlyTar`.
 * - Everything else: `weightsOnlyLegacy` for the stacked layout, `weightsOnlyPlain` for the rest, also
 *   for zip files that start with something else, and for compressed files, which torch.load does
 *   not open.
 *
 * The fact is meant for the file that a user would hand to torch.load, not for what is nested in it.
 * Every file can be asked about; a format that torch.load has nothing to do with (safetensors, npy,
 * GGUF …, text) simply does not ask and so has no such fact. Whether a file is meant for torch.load is
 * said by its name rather than by its bytes: `isTorchLoadName`.
 */

import { TORCH_VERSION } from "./torch-version.ts";

export interface WeightsOnly {
  /** The version of torch whose behavior this is. */
  readonly torch: string;
  readonly result: "accepted" | "rejected";
  /** One sentence without a period. */
  readonly reason: string;
}

export function rejected(reason: string): WeightsOnly {
  return { torch: TORCH_VERSION, result: "rejected", reason };
}

export function accepted(reason: string): WeightsOnly {
  return { torch: TORCH_VERSION, result: "accepted", reason };
}

/** The sentence of an accepted file. */
export function acceptedStorages(count: number): WeightsOnly {
  const storages = count === 1 ? "its storage is" : `its ${count} storages are`;
  return accepted(
    count === 0
      ? "it only uses what torch calls safe"
      : `it only uses what torch calls safe, and ${storages} as the pickle says`,
  );
}
