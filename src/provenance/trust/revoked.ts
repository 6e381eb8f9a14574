/**
 * What was taken back. A revocation with a time leaves what was signed before it, where that is proved by somebody
 * whose clock is trusted. The local clock and what a signer says prove nothing: both can be set back.
 */

import type { Logged, ModelUnderTest, Signer } from "./evidence.ts";
import type { Revocation } from "./policy.ts";

interface Signed {
  readonly signer: Signer;
  readonly digest: string;
  readonly time?: string;
  readonly logged?: readonly Logged[];
}

/** The revocation that a signature or a claim falls under. */
export function revocationOf(
  signed: Signed,
  revocations: readonly Revocation[],
): Revocation | undefined {
  return revocations.find(
    (revocation) => names(revocation, signed) && !isBefore(signed, revocation),
  );
}

/** The revocation of the model itself; that of contents has no time. */
export function modelRevocation(
  { digests }: ModelUnderTest,
  revocations: readonly Revocation[],
): Revocation | undefined {
  const own = [digests.root, digests.dirHash1, digests.file];
  return revocations.find(({ kind, ...rest }) => kind === "digest" && own.includes(valueOf(rest)));
}

function names(revocation: Revocation, { signer, digest, logged = [] }: Signed): boolean {
  switch (revocation.kind) {
    case "key":
      return (signer.kind === "key" ? signer.id : signer.key) === revocation.value;
    case "certificate":
      return (
        signer.certificate === revocation.value ||
        (signer.serial !== undefined && trimmed(signer.serial) === trimmed(revocation.value))
      );
    case "digest":
      return digest === revocation.value;
    default:
      return logged.some(
        ({ origin, index }) =>
          index === revocation.index &&
          (revocation.origin === undefined || origin === revocation.origin),
      );
  }
}

/** Only keys and certificates were good before: a digest or an entry never was. */
function isBefore({ time }: Signed, { kind, at }: Revocation): boolean {
  const signedAt = time === undefined ? Number.NaN : Date.parse(time);
  return (kind === "key" || kind === "certificate") && at !== undefined && signedAt < at;
}

function trimmed(serial: string): string {
  return serial.toLowerCase().replace(/^0+/, "");
}

function valueOf(revocation: object): string | undefined {
  return "value" in revocation ? String(revocation.value) : undefined;
}
