/** Witnesses on the web: C2SP tlog-witness over HTTP. */

import type { WitnessTransport } from "../../kernel/tile-storage.ts";
import type { HttpClient } from "../http/http-client.ts";
import { readBody, webAddress } from "./remote-log.ts";

/** Some signatures, or a size. */
const LARGEST = 64 * 1024;

export function httpWitnesses(client: HttpClient, signal?: AbortSignal): WitnessTransport {
  return {
    async post(address, body) {
      const answer = await client.send({
        url: new URL(webAddress(address)),
        method: "POST",
        body,
        headers: { "content-type": "text/plain; charset=utf-8" },
        ...(signal === undefined ? {} : { signal }),
      });
      return { status: answer.status, body: (await readBody(answer, LARGEST)).toString("utf8") };
    },
  };
}
