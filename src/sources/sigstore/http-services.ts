/** The services that a signing configuration names, over HTTP. */

import { randomBytes } from "node:crypto";

import type { KeylessServices } from "../../provenance/sigstore/keyless-services.ts";
import type { ChosenServices } from "../../provenance/sigstore/signing-config.ts";
import { writeRequest } from "../../provenance/timestamp/write-request.ts";
import type { HttpClient } from "../http/http-client.ts";
import { requestCertificate } from "./fulcio.ts";
import { publishInVersion1, publishInVersion2 } from "./rekor.ts";
import { requestTimestamp } from "../timestamp/request-timestamp.ts";

/** Nothing is asked before it is needed. */
export function httpServices(
  { certificateAuthority, logs, timestampAuthorities }: ChosenServices,
  client: HttpClient,
  signal?: AbortSignal,
): KeylessServices {
  const about = (who: string) => ({ who, client, signal });
  return {
    requestCertificate: (request) =>
      requestCertificate(certificateAuthority.url, request, about("the certificate authority")),
    timestampAuthorities: timestampAuthorities.map(
      ({ url }) =>
        (signature) =>
          requestTimestamp(client, new URL(url), requestFor(signature), signal),
    ),
    logs: logs.map(
      ({ url, version }) =>
        (envelope) =>
          (version === 1 ? publishInVersion1 : publishInVersion2)(url, envelope, about("the log")),
    ),
  };
}

/** No answer to another request passes: what it would have to be of is a signature that was made just now. */
function requestFor(signature: Uint8Array): Uint8Array {
  return writeRequest(signature, randomBytes(8)).request;
}
