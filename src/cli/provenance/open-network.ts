/** The way to the services that signing needs, as the environment sets it. */

import type { HttpClient } from "../../sources/http/http-client.ts";
import { openHttpClient } from "../../sources/http/open-http-client.ts";
import { networkSettings } from "../config/network.ts";

/** Logs answer once an entry is in their tree, which takes some of them seconds. */
const SHORTEST_TIMEOUT = 30_000;

/** Nothing is sent yet. Throws `AppError` USAGE for settings that cannot be. */
export function openNetwork(): HttpClient {
  const settings = networkSettings();
  return openHttpClient({ ...settings, timeout: Math.max(settings.timeout, SHORTEST_TIMEOUT) });
}
