/**
 * What the certificate of a keyless signature says of its holder (Fulcio, OIDs 1.3.6.1.4.1.57264.1): who, by whose word,
 * and for a workflow which repository, revision and run. Bytes are read strictly: a reader that drops a bit or
 * stops at a zero would take one name for another.
 */

import { isUtf8 } from "node:buffer";

import { tryDer } from "../../codecs/der/der-problem.ts";
import { DerReader } from "../../codecs/der/der-reader.ts";
import { readOid } from "../../codecs/der/read-values.ts";
import { constructedTag, TAG } from "../../codecs/der/tags.ts";
import { quote } from "../../kernel/text.ts";
import type { Certificate, GeneralName } from "../x509/certificate.ts";

export interface SignerClaims {
  readonly identity: string;
  readonly identityKind: "mail" | "uri" | "name";
  readonly issuer: string;
  /** What else is said, by a name of ours: `sourceRepository`, `runUri` … */
  readonly claims: Readonly<Record<string, string>>;
}

export type ReadClaims =
  | { readonly kind: "claims"; readonly signer: SignerClaims }
  /** Half a sentence about the certificate. */
  | { readonly kind: "refused"; readonly reason: string };

const FULCIO = "1.3.6.1.4.1.57264.1.";
/** The issuer as bare bytes, and as a DER string, which is the newer form. */
const ISSUER_V1 = `${FULCIO}1`;
const ISSUER_V2 = `${FULCIO}8`;
const USER_NAME = `${FULCIO}7`;

/** DER strings all of them. */
const CLAIMS: ReadonlyMap<string, string> = new Map([
  [`${FULCIO}9`, "buildSignerUri"],
  [`${FULCIO}10`, "buildSignerDigest"],
  [`${FULCIO}11`, "runnerEnvironment"],
  [`${FULCIO}12`, "sourceRepository"],
  [`${FULCIO}13`, "sourceRevision"],
  [`${FULCIO}14`, "sourceRef"],
  [`${FULCIO}15`, "sourceRepositoryId"],
  [`${FULCIO}16`, "sourceOwner"],
  [`${FULCIO}17`, "sourceOwnerId"],
  [`${FULCIO}18`, "buildConfigUri"],
  [`${FULCIO}19`, "buildConfigDigest"],
  [`${FULCIO}20`, "buildTrigger"],
  [`${FULCIO}21`, "runUri"],
  [`${FULCIO}22`, "sourceVisibility"],
]);

/** Reads a certificate's claims; refuses what two readers could read as two signers. Trust is not judged here. */
export function readClaims(certificate: Certificate): ReadClaims {
  const [name, ...more] = certificate.subjectAltNames;
  if (name === undefined || more.length > 0) {
    const count = certificate.subjectAltNames.length;
    return refused(`it names ${count} identities, and has to name one`);
  }
  const identity = identityOf(name);
  if (identity === undefined) {
    return refused("its identity is of no kind that Sigstore has, or not plain text");
  }
  const issuer = issuerOf(certificate);
  return typeof issuer === "string"
    ? { kind: "claims", signer: { ...identity, issuer, claims: otherClaims(certificate) } }
    : issuer;
}

function identityOf({
  kind,
  value,
}: GeneralName): Pick<SignerClaims, "identity" | "identityKind"> | undefined {
  switch (kind) {
    case "email":
    case "uri":
      return { identity: value, identityKind: kind === "uri" ? "uri" : "mail" };
    case "other": {
      const identity = userName(Buffer.from(value, "hex"));
      return identity === undefined ? undefined : { identity, identityKind: "name" };
    }
    default:
      return undefined;
  }
}

/** OtherName (RFC 5280, 4.2.1.6) with the identifier that Fulcio gives to names of its own. */
function userName(der: Buffer): string | undefined {
  const read = tryDer(() => {
    const inside = new DerReader(der).enter(constructedTag(0), "a name");
    const oid = readOid(inside);
    const value = inside.enter(constructedTag(0), "the value of a name");
    inside.finish("a name");
    const element = value.next(TAG.utf8String, "a name");
    value.finish("the value of a name");
    return { text: oid === USER_NAME ? plainText(value.content(element)) : undefined };
  });
  return "text" in read ? read.text : undefined;
}

function issuerOf({ extensions }: Certificate): string | ReadClaims {
  const valueOf = (wanted: string): Uint8Array | undefined =>
    extensions.find(({ oid }) => oid === wanted)?.value;
  const [older, newer] = [valueOf(ISSUER_V1), valueOf(ISSUER_V2)];
  const issuers = [
    ...(older === undefined ? [] : [plainText(older)]),
    ...(newer === undefined ? [] : [derText(newer)]),
  ];
  const [issuer] = issuers;
  if (issuers.length === 0) {
    return refused("it does not say which provider vouches for its holder");
  }
  if (issuer === undefined || issuers.includes(undefined)) {
    return refused("the provider that it names is not plain text");
  }
  return issuers.every((other) => other === issuer)
    ? issuer
    : refused(`it names two providers, ${issuers.map((text) => quote(text ?? "")).join(" and ")}`);
}

function otherClaims({ extensions }: Certificate): Record<string, string> {
  return Object.fromEntries(
    extensions.flatMap(({ oid, value }) => {
      const claim = CLAIMS.get(oid);
      const text = claim === undefined ? undefined : derText(value);
      return claim === undefined || text === undefined ? [] : [[claim, text]];
    }),
  );
}

/** A DER UTF8String that fills the value. */
function derText(value: Uint8Array): string | undefined {
  const read = tryDer(() => {
    const reader = new DerReader(value);
    const element = reader.next(TAG.utf8String, "a text");
    reader.finish("a text");
    return { text: plainText(reader.content(element)) };
  });
  return "text" in read ? read.text : undefined;
}

/** UTF-8 without controls; nothing where it is not that. */
function plainText(value: Uint8Array): string | undefined {
  const text = isUtf8(value) ? Buffer.from(value).toString("utf8") : "";
  return text === "" || /[\p{Cc}\p{Zl}\p{Zp}]/u.test(text) ? undefined : text;
}

function refused(reason: string): ReadClaims & { kind: "refused" } {
  return { kind: "refused", reason };
}
