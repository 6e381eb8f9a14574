/** Timestamps over signatures, from an authority that the user names. */

import { randomBytes } from "node:crypto";

import { AppError } from "../../kernel/errors.ts";
import { writeRequest } from "../../provenance/timestamp/write-request.ts";
import { verifyTimestamp } from "../../provenance/timestamp/verify-timestamp.ts";
import { UNTRUSTED } from "../../provenance/x509/rules.ts";
import { openHttpClient } from "../../sources/http/open-http-client.ts";
import { requestTimestamp } from "../../sources/timestamp/request-timestamp.ts";
import { networkSettings } from "../config/network.ts";

/** Throws `AppError` USAGE for what is no address; what it gives throws where there is no sound timestamp to be had. */
export function stampWith(address: string): (signature: Uint8Array) => Promise<Uint8Array> {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new AppError(
      "USAGE",
      `--timestamp takes the address of an authority, and not ${address}`,
    );
  }
  return async (signature) => {
    const client = openHttpClient(networkSettings());
    try {
      const { request, nonceText } = writeRequest(signature, randomBytes(16));
      const answer = await requestTimestamp(client, url, request);
      // Whom to trust is for verifiers to say; that it is a timestamp of this signature is seen already.
      const result = verifyTimestamp(answer, signature, { roots: [], nonce: nonceText });
      const wrong =
        result.kind === "valid"
          ? undefined
          : result.problems.find(({ rule }) => rule !== UNTRUSTED.id);
      if (wrong !== undefined) {
        throw new AppError(
          "SOURCE_UNREADABLE",
          `${url.host} gave no sound timestamp: ${wrong.message}`,
        );
      }
      return answer;
    } finally {
      await client.close();
    }
  };
}
