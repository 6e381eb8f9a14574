/**
 * Files that torch.load takes for the stacked layout because they are nothing else: plain pickles,
 * joblib files, compressed files, zip archives behind other bytes. All but a stacked file that
 * nobody recognized are rejected, with the reason that torch would have.
 */

import type { RandomSource } from "../../../kernel/source.ts";
import { weightsOnlyLegacy } from "./legacy.ts";
import type { WeightsOnly } from "./weights-only.ts";

/**
 * Would torch.load accept the file?
 *
 * @param source the whole file, from its first byte on; without `PK\x03\x04` at offset 0.
 */
export function weightsOnlyPlain(source: RandomSource): WeightsOnly {
  return weightsOnlyLegacy(source);
}
