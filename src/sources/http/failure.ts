/** What goes wrong below HTTP, as sentences for people. */

import { errorMessage } from "../../kernel/errors.ts";

const SENTENCES: Readonly<Record<string, string>> = {
  ENOTFOUND: "the name of the host is not known",
  EAI_AGAIN: "the name of the host could not be looked up",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was broken off",
  EPIPE: "the connection was broken off",
  ETIMEDOUT: "there was no answer in time",
  UND_ERR_CONNECT_TIMEOUT: "there was no connection in time",
  UND_ERR_HEADERS_TIMEOUT: "there was no answer in time",
  UND_ERR_BODY_TIMEOUT: "no more bytes came in time",
  UND_ERR_SOCKET: "the connection was broken off",
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: "fewer or more bytes came than were announced",
  UND_ERR_RESPONSE: "the answer is no HTTP",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by nobody who is trusted here",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by nobody who is trusted here",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is signed by nobody who is trusted here",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

/** One sentence with the host in it. */
export function failureSentence(error: unknown, { host }: URL): string {
  const code = codeOf(error);
  const known = code === undefined ? undefined : SENTENCES[code];
  const advice =
    code !== undefined && isAboutCertificates(code)
      ? " (see SSL_CERT_FILE and NODE_EXTRA_CA_CERTS)"
      : "";
  return `${host}: ${known ?? errorMessage(error)}${advice}`;
}

/** Whether the same request may succeed a moment later. */
export function mayPass(error: unknown): boolean {
  const code = codeOf(error);
  return code === undefined || !(code === "ENOTFOUND" || isAboutCertificates(code));
}

function isAboutCertificates(code: string): boolean {
  return /CERT|SIGN|ISSUER/.test(code);
}

/** The first code of an error and of what caused it. */
function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    if ("code" in at && typeof at.code === "string") {
      return at.code;
    }
  }
  return undefined;
}
