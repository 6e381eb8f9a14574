/**
 * Whether a signer is an authority of the policy, and if not, how near it came: names that only look right are told
 * apart from names that are simply others.
 */

import { quote } from "../../kernel/text.ts";
import { isExpected } from "../sigstore/identity.ts";
import type { ExpectedIdentity } from "../sigstore/identity.ts";
import type { Signer } from "./evidence.ts";
import type { Authority } from "./policy.ts";

export interface Mismatch {
  readonly kind: "stranger" | "identity" | "issuer" | "look-alike";
  /** Half a sentence about the signer. */
  readonly detail: string;
}

/** Who a signer is, however it signs: two signatures with one principal are by one signer. */
export function principalOf({ kind, id, issuer = "", key }: Signer): string {
  switch (kind) {
    case "key":
      return `key ${id}`;
    case "certificate":
      return key === undefined ? `certificate ${id} of ${issuer}` : `key ${key}`;
    default:
      return `keyless ${id} of ${issuer}`;
  }
}

/** A signer for people. */
export function describeSigner({ kind, id, issuer }: Signer): string {
  switch (kind) {
    case "key":
      return `the key ${id.slice(0, 16)}…`;
    case "certificate":
      return `the certificate ${quote(id)}`;
    default:
      return `${quote(id)} by ${quote(issuer ?? "")}`;
  }
}

/** Nothing where it is this authority. */
export function mismatchOf(signer: Signer, authority: Authority): Mismatch | undefined {
  if (authority.kind !== signer.kind) {
    return stranger(signer);
  }
  switch (authority.kind) {
    case "key":
      return signer.id === authority.fingerprint ? undefined : stranger(signer);
    case "certificate":
      return certificateMismatch(signer, authority);
    default:
      return keylessMismatch(signer, authority);
  }
}

function certificateMismatch(
  signer: Signer,
  authority: Extract<Authority, { kind: "certificate" }>,
): Mismatch | undefined {
  if (!(signer.roots ?? []).includes(authority.root)) {
    return { kind: "stranger", detail: `its certificate does not lead to ${authority.root}` };
  }
  const { subject, issuer } = authority;
  if (subject !== undefined && signer.id !== subject) {
    return nameMismatch(signer.id, { kind: "exact", value: subject });
  }
  return issuer === undefined || signer.issuer === issuer
    ? undefined
    : { kind: "issuer", detail: `its certificate was issued by ${quote(signer.issuer ?? "")}` };
}

function keylessMismatch(
  signer: Signer,
  authority: Extract<Authority, { kind: "keyless" }>,
): Mismatch | undefined {
  const isNamed = takes(authority.identity, signer.id);
  if (!(signer.roots ?? []).includes(authority.root)) {
    return { kind: "stranger", detail: `its certificate does not lead to ${authority.root}` };
  }
  if (signer.issuer !== authority.issuer) {
    const detail = `${quote(signer.issuer ?? "")} vouches for it, and not ${quote(authority.issuer)}`;
    return { kind: isNamed ? "issuer" : "stranger", detail };
  }
  if (!isNamed) {
    return nameMismatch(signer.id, authority.identity);
  }
  for (const [claim, wanted] of authority.claims) {
    const given = signer.claims?.[claim];
    if (given !== wanted) {
      const found = given === undefined ? "missing" : quote(given);
      return { kind: "identity", detail: `${claim} is ${found}, and not ${quote(wanted)}` };
    }
  }
  return undefined;
}

/** A pattern takes plain names alone: what looks like a letter and is none is nobody's name. */
function takes(expected: ExpectedIdentity, name: string): boolean {
  return isExpected(name, expected) && (expected.kind === "exact" || /^[\x21-\x7e]+$/.test(name));
}

function nameMismatch(name: string, expected: ExpectedIdentity): Mismatch {
  const simple = skeleton(name);
  const isAlike =
    expected.kind === "exact"
      ? simple === skeleton(expected.value)
      : isExpected(name, expected) || isExpected(simple, expected);
  const wanted = expected.kind === "exact" ? expected.value : expected.text;
  return isAlike
    ? { kind: "look-alike", detail: `it is ${quote(name)}, which only looks like ${quote(wanted)}` }
    : { kind: "identity", detail: `it is ${quote(name)}, and not ${quote(wanted)}` };
}

/** Letters of other scripts that are drawn like Latin ones. */
const ALIKE: ReadonlyMap<string, string> = alike(
  "асеһіјкӏморѕтухԁԛԝɡıոսαονρτυικ01",
  "acehijklmopstyxdqwginuaovptuikol",
);

function alike(drawn: string, latin: string): Map<string, string> {
  return new Map(Array.from(drawn, (letter, index) => [letter, latin.charAt(index)]));
}

/** What a name looks like: for telling near misses, never for letting anybody in. */
function skeleton(name: string): string {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[\p{M}\p{Cf}\p{Cc}\s]/gu, "");
  return Array.from(plain, (character) => ALIKE.get(character) ?? character).join("");
}

function stranger(signer: Signer): Mismatch {
  return { kind: "stranger", detail: `${describeSigner(signer)} is none of them` };
}
