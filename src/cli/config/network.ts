/** What the environment of the program says about hubs and the way to them. */

import { readNetworkSettings } from "../../sources/local/network-settings.ts";
import type { NetworkSettings } from "../../sources/local/network-settings.ts";

/** Throws `AppError` USAGE for a setting that cannot be. */
export function networkSettings(): NetworkSettings {
  return readNetworkSettings(process.env);
}
