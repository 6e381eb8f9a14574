/** That a model was signed, and what verifying one came to, as entries of a log. */

import type { Verification } from "../../provenance/oms/verify.ts";
import type { ModelDigests } from "../../provenance/oms/write-statement.ts";
import type { EventWithEvidence } from "./append-event.ts";

const BUNDLE = {
  mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
  predicateType: "https://model_signing/signature/v1.0",
} as const;

export interface SignedModel extends ModelDigests {
  readonly name: string;
  readonly files: number;
  readonly bundle: string | Uint8Array;
  readonly actor: { readonly kind: string; readonly id: string };
}

/** The event of a signature, which is its evidence. */
export function signedEvent(signed: SignedModel): EventWithEvidence {
  const { name, root, dirHash1, files, bundle, actor } = signed;
  return {
    event: { type: "signed", subject: subjectOf({ name, root, dirHash1, files }), actor },
    evidence: [{ bytes: Buffer.from(bundle), ...BUNDLE }],
  };
}

/** The event of a verification, whatever it came to. */
export function verifiedEvent(
  name: string,
  verification: Verification,
  bundle: Uint8Array | undefined,
): EventWithEvidence {
  const { verified, signer, statement, problems } = verification;
  const failed = problems.filter(({ rule }) => rule.implies !== "none").map(({ rule }) => rule.id);
  return {
    event: {
      type: "verified",
      subject: subjectOf({
        name,
        // What a signature that does not hold says of a model is nobody's word.
        root: verified ? statement?.root : undefined,
        dirHash1: verified ? statement?.dirHash1 : undefined,
        files: verified ? statement?.files : undefined,
      }),
      result: {
        verified,
        ...(signer === undefined ? {} : { signer: signerText(signer) }),
        ...(failed.length === 0 ? {} : { problems: [...new Set(failed)].sort().join(" ") }),
      },
    },
    evidence: bundle === undefined ? [] : [{ bytes: bundle, ...BUNDLE }],
  };
}

function signerText(signer: NonNullable<Verification["signer"]>): string {
  switch (signer.kind) {
    case "key":
      return `key ${signer.fingerprint}`;
    case "certificate":
      return `certificate ${signer.fingerprint}`;
    default:
      return `keyless ${signer.identity}`;
  }
}

function subjectOf({
  name,
  root,
  dirHash1,
  files,
}: {
  readonly name: string;
  readonly root: string | undefined;
  readonly dirHash1: string | undefined;
  readonly files: number | undefined;
}) {
  return {
    name,
    ...(root === undefined ? {} : { omsRoot: root }),
    ...(dirHash1 === undefined ? {} : { dirHash1 }),
    ...(files === undefined ? {} : { files }),
  };
}
