/** Whom the user trusts by name. The engine is loaded when there is a bundle for it. */

import { AppError } from "../../kernel/errors.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import { parseStrictJson } from "../../provenance/dsse/strict-json.ts";
import type { Bundle } from "../../provenance/oms/bundle.ts";
import { aboutSignature } from "../../provenance/oms/problem.ts";
import { SCHEMA } from "../../provenance/oms/rules.ts";
import type { KeylessOutcome, TimeBasis, Trust } from "../../provenance/oms/trust.ts";
import type {
  ExpectedContent,
  Payload,
  SignedArtifact,
} from "../../provenance/sigstore/content.ts";
import { identityPattern } from "../../provenance/sigstore/identity.ts";
import type { ExpectedIdentity } from "../../provenance/sigstore/identity.ts";
import type * as TrustedRoot from "../../provenance/sigstore/trusted-root.ts";
import type * as VerifyBundle from "../../provenance/sigstore/verify-bundle.ts";
import type { VerifiedTime } from "../../provenance/sigstore/times.ts";
import type { Arguments } from "../command.ts";
import { readTrustConfig } from "./trust-config.ts";
import type { TrustConfig } from "./trust-config.ts";
import { earliestTime, identitySigner } from "./keyless-outcome.ts";

/** Whether the user names somebody. */
export function namesIdentity(given: Arguments): boolean {
  return given.value("identity") !== undefined || given.value("identity-pattern") !== undefined;
}

/** Throws `AppError` USAGE for a pattern that would let in strangers, and where the provider is missing. */
export async function keylessTrust(given: Arguments, bundle: Uint8Array): Promise<Trust> {
  const judgeBundle = await keylessJudge(given);
  return { kind: "sigstore", judge: (read) => judgeBundle(read, bundle) };
}

/** The same for any number of bundles, each with its bytes. */
export async function keylessJudge(
  given: Arguments,
): Promise<(read: Bundle, bytes: Uint8Array) => KeylessOutcome> {
  const { judge } = await keylessEngine(given);
  return ({ envelope }, bytes) => {
    const { payload, ...outcome } = judge(jsonOf(bytes), { kind: "statement" });
    // Two readers of the same file: what one has verified has to be what the other has read.
    return outcome.signer === undefined || payload?.payload.equals(envelope.payload) === true
      ? outcome
      : { problems: [aboutSignature(SCHEMA, "the bundle can be read in two ways")] };
  };
}

/** For a bundle that is over the bytes of one file and has no statement. */
export async function keylessFileJudge(
  given: Arguments,
): Promise<(bundle: JsonValue, artifact: SignedArtifact) => KeylessOutcome> {
  const { judge } = await keylessEngine(given);
  return (bundle, artifact) => {
    const { payload: _none, ...outcome } = judge(bundle, { kind: "artifact", artifact });
    return outcome;
  };
}

async function keylessEngine(given: Arguments) {
  const identity = readIdentity(given);
  const issuer = given.value("identity-provider");
  if (issuer === undefined) {
    throw new AppError("USAGE", "a name means nothing without whose word it is", {
      hint: "--identity-provider https://accounts.google.com, or wherever the publisher logs in",
    });
  }
  const config = readTrustConfig(given);
  const engine = {
    ...(await import("../../provenance/sigstore/trusted-root.ts")),
    ...(await import("../../provenance/sigstore/verify-bundle.ts")),
  };
  const expected = { identity, issuer, config };
  return {
    judge: (bundle: JsonValue, content: ExpectedContent) =>
      judge(bundle, content, expected, engine),
  };
}

function readIdentity(given: Arguments): ExpectedIdentity {
  const exact = given.value("identity");
  const pattern = given.value("identity-pattern");
  if (exact !== undefined && pattern !== undefined) {
    throw new AppError("USAGE", "--identity and --identity-pattern exclude each other");
  }
  if (exact !== undefined) {
    return { kind: "exact", value: exact };
  }
  const read = identityPattern(pattern ?? "");
  if (read.kind === "refused") {
    throw new AppError("USAGE", `the pattern ${pattern} is refused: ${read.reason}`, {
      hint: "such as https://github.com/acme/*/.github/workflows/release.yml@refs/tags/*",
    });
  }
  return read;
}

type Engine = Pick<typeof TrustedRoot, "ageOfRoot" | "readTrustedRoot"> &
  Pick<typeof VerifyBundle, "verifyBundle">;

interface Expected {
  readonly identity: ExpectedIdentity;
  readonly issuer: string;
  readonly config: TrustConfig;
}

function judge(
  bundle: JsonValue,
  content: ExpectedContent,
  { identity, issuer, config }: Expected,
  { ageOfRoot, readTrustedRoot, verifyBundle }: Engine,
): KeylessOutcome & { readonly payload?: Payload | undefined } {
  const at = new Date();
  const old = config.taken === undefined ? undefined : ageOfRoot(config.taken, at);
  const notes = old === undefined ? [] : [old];
  const root = readTrustedRoot(config.json);
  if (root.kind === "refused") {
    return { problems: [root.problem] };
  }
  const verdict = verifyBundle({
    bundle,
    content,
    signer: { kind: "identity", identity, issuer },
    trustedRoot: root.root,
    at,
  });
  if (verdict.kind === "invalid") {
    return { problems: [...verdict.problems, ...notes] };
  }
  const signer = identitySigner(verdict);
  if (signer === undefined) {
    return { problems: notes };
  }
  const { payload } = verdict;
  const time = earliestTime(verdict);
  return {
    signer,
    ...(time === undefined ? {} : { time: basisOf(time) }),
    problems: notes,
    payload,
  };
}

function jsonOf(bytes: Uint8Array): JsonValue {
  const read = parseStrictJson(bytes);
  return read.kind === "value" ? read.value : null;
}

function basisOf({ source, time }: VerifiedTime): TimeBasis {
  const authority = source === "log" ? "the log" : "a timestamp authority";
  return { kind: "timestamp", at: time.toISOString(), authority };
}
