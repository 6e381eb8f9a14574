/**
 * Verifies a Sigstore bundle (Sigstore client specification, 4): time, certificate and its log, entry in the transparency
 * log, signature, and at last who it is. The library does the first part; what it leaves to policy or gets wrong is
 * checked here on top. Offline: everything that is believed comes from the trusted root of the caller.
 */

import type { KeyObject } from "node:crypto";

import type { JsonValue, RuleInfo } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import { readClaims } from "./claims.ts";
import type { SignerClaims } from "./claims.ts";
import { contentProblem, signatureContent } from "./content.ts";
import type { ExpectedContent, Payload } from "./content.ts";
import { isExpected } from "./identity.ts";
import type { ExpectedIdentity } from "./identity.ts";
import { entriesOf, isFailure, parseBundle, verifyWithLibrary } from "./library.ts";
import type { Bundle, Failure, LogEntry, Thresholds, TrustedRoot } from "./library.ts";
import { parseCertificate } from "../x509/parse-certificate.ts";
import { checkCertificatePath } from "./certificate-path.ts";
import { checkLogEntry, provedIndex } from "./log-entry.ts";
import { shapeProblem } from "./bundle-shape.ts";
import { problemOf } from "./problem.ts";
import type { SigstoreProblem } from "./problem.ts";
import {
  BAD_SIGNATURE,
  CERTIFICATE,
  IDENTITY_MISMATCH,
  ISSUER_MISMATCH,
  KEY_MISMATCH,
  LOG_MISMATCH,
  LOG_PROOF,
  MALFORMED,
  NO_LOG_ENTRY,
  TIMESTAMP,
} from "./rules.ts";
import { timeProblems, timesOf } from "./times.ts";
import type { VerifiedTime } from "./times.ts";

export type ExpectedSigner =
  | { readonly kind: "identity"; readonly identity: ExpectedIdentity; readonly issuer: string }
  | { readonly kind: "key"; readonly publicKey: KeyObject };

export interface VerifyRequest {
  readonly bundle: JsonValue;
  readonly content: ExpectedContent;
  readonly signer: ExpectedSigner;
  readonly trustedRoot: TrustedRoot;
  /** One of each where nothing is said; none of a kind of log that the trusted root does not have. */
  readonly thresholds?: Partial<Thresholds>;
  /** What time it is: nothing can have been signed later. */
  readonly at: Date;
}

export interface VerifiedEntry {
  readonly log: string;
  /** Decimal; larger than a number may be. */
  readonly index: string;
  readonly kind: string;
}

export type BundleVerdict =
  | {
      readonly kind: "valid";
      /** Missing where the caller's key signed. */
      readonly signer: SignerClaims | undefined;
      readonly times: readonly VerifiedTime[];
      readonly logEntries: readonly VerifiedEntry[];
      /** What the envelope has; missing for a signature over bare bytes. */
      readonly payload: Payload | undefined;
    }
  | { readonly kind: "invalid"; readonly problems: readonly SigstoreProblem[] };

/** Never throws because of what is in the bundle. */
export function verifyBundle(request: VerifyRequest): BundleVerdict {
  const { trustedRoot: root, content: expected, signer } = request;
  const bundle = parseBundle(request.bundle);
  if (isFailure(bundle)) {
    return invalid(problemOf(MALFORMED, `the bundle cannot be read: ${bundle.detail}`));
  }
  const odd = shapeProblem(bundle, signer.kind) ?? contentProblem(bundle, expected);
  if (odd !== undefined) {
    return invalid(odd);
  }
  const content = signatureContent(bundle, expected);
  if ("rule" in content) {
    return invalid(content);
  }
  const publicKey = signer.kind === "key" ? signer.publicKey : undefined;
  const thresholds = {
    logEntries: root.tlogs.length > 0 ? 1 : 0,
    timestamps: 1,
    certificateLogs: root.ctlogs.length > 0 ? 1 : 0,
    ...request.thresholds,
  };
  const failure = verifyWithLibrary({ bundle, root, thresholds, content, publicKey });
  if (failure !== undefined) {
    return invalid(problemOf(ruleOf(failure, bundle), sentenceOf(failure)));
  }
  return judge(bundle, content.signature, request);
}

/** What the library does not look at. */
function judge(
  bundle: Bundle,
  signature: Uint8Array,
  { trustedRoot: root, signer, at }: VerifyRequest,
): BundleVerdict {
  const times = timesOf(bundle);
  const leaf = leafOf(bundle);
  const identity = identityOf(leaf, signer, root, times);
  const key =
    signer.kind === "key"
      ? signer.publicKey.export({ type: "spki", format: "der" })
      : (leaf ?? Buffer.alloc(0));
  const tlogEntries = entriesOf(bundle);
  const dates = times.map(({ time }) => time);
  const problems = [
    ...timeProblems(bundle, signature, root, at),
    ...tlogEntries.flatMap((entry) => checkLogEntry(entry, { root, signer: key, times: dates })),
    ...identity.problems,
  ];
  return problems.length > 0
    ? invalid(...problems)
    : {
        kind: "valid",
        signer: identity.claims,
        times,
        logEntries: tlogEntries.map((entry) => describe(entry, root)),
        payload: payloadOf(bundle),
      };
}

function describe(entry: LogEntry, { tlogs }: TrustedRoot): VerifiedEntry {
  const { kind, version } = entry.kindVersion;
  const log = tlogs.find(({ checkpointKeyId, logId }) =>
    (checkpointKeyId ?? logId)?.keyId.equals(entry.logId.keyId),
  );
  return { log: log?.baseUrl ?? "", index: provedIndex(entry), kind: `${kind} ${version}` };
}

interface Identity {
  readonly claims: SignerClaims | undefined;
  readonly problems: readonly SigstoreProblem[];
}

function identityOf(
  leaf: Buffer | undefined,
  expected: ExpectedSigner,
  root: TrustedRoot,
  times: readonly VerifiedTime[],
): Identity {
  if (leaf === undefined || expected.kind === "key") {
    return { claims: undefined, problems: [] };
  }
  const parsed = parseCertificate(leaf);
  if (parsed.kind === "damaged") {
    return refused(`it cannot be read: ${parsed.problem}`);
  }
  const dates = times.map(({ time }) => time);
  const path = checkCertificatePath(parsed.certificate, root, dates);
  if (path !== undefined) {
    return refused(path);
  }
  const read = readClaims(parsed.certificate);
  if (read.kind === "refused") {
    return refused(read.reason);
  }
  const { signer } = read;
  const { identity, issuer } = expected;
  const wanted = identity.kind === "exact" ? identity.value : identity.text;
  const problems = [
    ...(isExpected(signer.identity, identity)
      ? []
      : [mismatch(IDENTITY_MISMATCH, "signed by", signer.identity, wanted)]),
    ...(signer.issuer === issuer
      ? []
      : [mismatch(ISSUER_MISMATCH, "the signer logged in at", signer.issuer, issuer)]),
  ];
  return { claims: signer, problems };
}

function refused(reason: string): Identity {
  const problem = problemOf(CERTIFICATE, `the signer's certificate is refused: ${reason}`);
  return { claims: undefined, problems: [problem] };
}

function mismatch(rule: RuleInfo, what: string, is: string, wanted: string): SigstoreProblem {
  return problemOf(rule, `${what} ${quote(is, 500)}, and not ${quote(wanted, 500)}`);
}

function leafOf({ verificationMaterial: { content } }: Bundle): Buffer | undefined {
  switch (content.$case) {
    case "certificate":
      return content.certificate.rawBytes;
    case "x509CertificateChain":
      return content.x509CertificateChain.certificates[0]?.rawBytes;
    default:
      return undefined;
  }
}

function payloadOf({ content }: Bundle): Payload | undefined {
  if (content.$case !== "dsseEnvelope") {
    return undefined;
  }
  const { payloadType, payload } = content.dsseEnvelope;
  return { payloadType, payload };
}

function ruleOf({ code }: Failure, { verificationMaterial }: Bundle): RuleInfo {
  switch (code) {
    case "TIMESTAMP_ERROR":
      return TIMESTAMP;
    case "CERTIFICATE_ERROR":
      return CERTIFICATE;
    case "PUBLIC_KEY_ERROR":
      return KEY_MISMATCH;
    case "SIGNATURE_ERROR":
      return BAD_SIGNATURE;
    case "TLOG_ERROR":
      return NO_LOG_ENTRY;
    case "TLOG_BODY_ERROR":
      return LOG_MISMATCH;
    case "TLOG_MISSING_INCLUSION_ERROR":
    case "TLOG_INCLUSION_PROOF_ERROR":
    case "TLOG_INCLUSION_PROMISE_ERROR":
      return LOG_PROOF;
    default:
      return verificationMaterial.tlogEntries.length === 0 ? NO_LOG_ENTRY : MALFORMED;
  }
}

function sentenceOf({ detail }: Failure): string {
  return `the signature does not hold: ${quote(detail).slice(1, -1)}`;
}

function invalid(...problems: readonly SigstoreProblem[]): BundleVerdict {
  return { kind: "invalid", problems };
}
