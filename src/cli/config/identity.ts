/** What the environment says about who is running this: identity tokens, and services that give them. */

import { existsSync } from "node:fs";

import type { AmbientIdentity } from "../../sources/sigstore/ambient-token.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Where clusters put tokens for Sigstore's clients. */
const WELL_KNOWN_FILE = "/var/run/sigstore/cosign/oidc-token";

/** Nothing where the place has no identity. */
export function ambientIdentity(
  environment: Environment = process.env,
): AmbientIdentity | undefined {
  const set = (name: string): string | undefined => {
    const value = environment[name]?.trim();
    return value === "" ? undefined : value;
  };
  const token = set("SIGSTORE_ID_TOKEN");
  if (token !== undefined) {
    return { kind: "token", token };
  }
  const file = set("SIGSTORE_ID_TOKEN_FILE");
  if (file !== undefined) {
    return { kind: "file", file };
  }
  const url = set("ACTIONS_ID_TOKEN_REQUEST_URL");
  const requestToken = set("ACTIONS_ID_TOKEN_REQUEST_TOKEN");
  if (url !== undefined && requestToken !== undefined) {
    return { kind: "github", url, token: requestToken };
  }
  return existsSync(WELL_KNOWN_FILE) ? { kind: "file", file: WELL_KNOWN_FILE } : undefined;
}
