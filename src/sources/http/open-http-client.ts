/** The client for whatever is asked of the network, as this machine's settings have it. */

import { VERSION } from "../../scan/version.ts";
import { httpClient } from "./http-client.ts";
import type { HttpClient } from "./http-client.ts";
import type { NetworkSettings } from "../local/network-settings.ts";

const RETRIES = 4;

export function openHttpClient(
  { timeout, certificates, proxy }: NetworkSettings,
  { retries = RETRIES }: { readonly retries?: number } = {},
): HttpClient {
  return httpClient({
    userAgent: `weighbridge/${VERSION}`,
    timeout,
    retries,
    proxy,
    ...(certificates === undefined ? {} : { certificates }),
  });
}
