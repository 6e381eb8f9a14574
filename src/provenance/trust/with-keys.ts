/**
 * What a policy says of signers, once its files were read: keys are known by fingerprints, and trust roots by names that
 * no other policy can have. A delegation may call its own root what the policy above calls its.
 */

import type { KeyObject } from "node:crypto";

import { AppError } from "../../kernel/errors.ts";
import { keyFingerprint } from "./key-fingerprint.ts";
import type { Authority, Policy } from "./policy.ts";

/**
 * The policy with the fingerprints of its keys. Throws `AppError` CONFIG_INVALID where a key is not the one that the
 * policy says it is.
 *
 * @param keys by the names of the authorities.
 * @param scope what the names of its trust roots begin with; has a character that names have not, or is empty.
 */
export function withKeys(
  policy: Policy,
  keys: ReadonlyMap<string, KeyObject>,
  scope: string,
): Policy {
  const authorities = new Map<string, Authority>();
  for (const [name, authority] of policy.authorities) {
    const key = keys.get(name);
    if (authority.kind !== "key") {
      authorities.set(name, { ...authority, root: scope + authority.root });
      continue;
    }
    if (key === undefined) {
      authorities.set(name, authority);
      continue;
    }
    const fingerprint = keyFingerprint(key);
    if (authority.fingerprint !== undefined && authority.fingerprint !== fingerprint) {
      const { document, line, path } = authority.place;
      throw new AppError(
        "CONFIG_INVALID",
        `${document}:${line}: ${path}.key is ${fingerprint}, and not the fingerprint that it states`,
      );
    }
    authorities.set(name, { ...authority, fingerprint });
  }
  return { ...policy, authorities };
}
