/** The client for whatever a command asks of the network, as the environment sets it up. */

import { VERSION } from "../scan/version.ts";
import { httpClient } from "../sources/http/http-client.ts";
import type { HttpClient } from "../sources/http/http-client.ts";
import type { NetworkSettings } from "./config/network.ts";

const RETRIES = 4;

export function openHttpClient({ timeout, certificates, proxy }: NetworkSettings): HttpClient {
  return httpClient({
    userAgent: `weighbridge/${VERSION}`,
    timeout,
    retries: RETRIES,
    proxy,
    ...(certificates === undefined ? {} : { certificates }),
  });
}
