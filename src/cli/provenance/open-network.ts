/** The way to the services that signing needs, as the environment sets it. */

import { VERSION } from "../../scan/version.ts";
import { httpClient } from "../../sources/http/http-client.ts";
import type { HttpClient } from "../../sources/http/http-client.ts";
import { networkSettings } from "../config/network.ts";

/** Logs answer once an entry is in their tree, which takes some of them seconds. */
const SHORTEST_TIMEOUT = 30_000;
const RETRIES = 3;

/** Nothing is sent yet. Throws `AppError` USAGE for settings that cannot be. */
export function openNetwork(): HttpClient {
  const { timeout, certificates, proxy } = networkSettings();
  return httpClient({
    userAgent: `weighbridge/${VERSION}`,
    timeout: Math.max(timeout, SHORTEST_TIMEOUT),
    retries: RETRIES,
    proxy,
    ...(certificates === undefined ? {} : { certificates }),
  });
}
