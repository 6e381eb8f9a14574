/**
 * The library.
 *
 * ```ts
 * import { scan } from "weighbridge";
 *
 * for await (const event of scan("model.pkl")) {
 *   if (event.kind === "report") console.log(event.report.verdict);
 * }
 * ```
 *
 * `verify` and `sign` are for signatures of models.
 */

import { availableParallelism } from "node:os";

import { AppError } from "./kernel/errors.ts";
import type { Signer } from "./kernel/signer.ts";
import type { Bundle } from "./provenance/oms/bundle.ts";
import type { Trust } from "./provenance/oms/trust.ts";
import type { Verification } from "./provenance/oms/verify.ts";
import type { Certificate } from "./provenance/x509/certificate.ts";
import type { ScanEvent, ScanOptions } from "./scan/events.ts";
import { scan as scanTrees } from "./scan/scanner.ts";
import type { Tree } from "./kernel/tree.ts";
import { localTree } from "./sources/local/local-tree.ts";
import type { Environment } from "./sources/local/network-settings.ts";
import { isRemote } from "./sources/remote/is-remote.ts";
import type { RemoteTargets } from "./sources/remote/remote-targets.ts";

export type { Coverage } from "./kernel/coverage.ts";
export { AppError } from "./kernel/errors.ts";
export type { ErrorCode } from "./kernel/errors.ts";
export { DEFAULT_LIMITS } from "./kernel/limits.ts";
export type { Limits } from "./kernel/limits.ts";
export type {
  Facts,
  FileReport,
  Finding,
  FoundConfiguration,
  Issue,
  IssueKind,
  Reading,
  Report,
  Subject,
  Totals,
} from "./kernel/report.ts";
export type { JsonValue } from "./kernel/rule.ts";
export { rowsOf, tensorAt } from "./kernel/tables.ts";
export type {
  LocatedTables,
  NameColumn,
  PlacementTable,
  Tables,
  TensorRow,
  TensorTable,
} from "./kernel/tables.ts";
export type { Confidence, Severity, Trigger } from "./kernel/severity.ts";
export type { Signer } from "./kernel/signer.ts";
export type { Problem } from "./provenance/oms/problem.ts";
export type { SignerIdentity, TimeBasis } from "./provenance/oms/trust.ts";
export type { SignedStatement, Verification } from "./provenance/oms/verify.ts";
export type { Implication, Verdict } from "./kernel/verdict.ts";
export { verdictRank } from "./kernel/verdict.ts";
export type {
  KnownNameEntry,
  ScanEvent,
  ScanOptions,
  SubjectTables,
  Suppression,
} from "./scan/events.ts";

export interface ScanTargetOptions extends ScanOptions {
  /** Takes `hf:` targets from the local hub cache, and nothing from the network. */
  readonly offline?: boolean;
  /**
   * Where hub, token, cache and proxies are taken from, under the names that huggingface_hub uses: `process.env` for
   * what the program does. Without it the public hub is asked, without a token.
   */
  readonly environment?: Environment;
}

/**
 * Scans files and folders on this machine, repositories on a hub (`hf:org/name@revision/path`) and web addresses.
 * Events come as the work proceeds; the last one is the report. Aborting `options.signal` ends the work early, with
 * a report of what is known by then. A path that begins with `hf:` or `https://` is written `./hf:…`.
 *
 * Throws `AppError` where a target cannot be scanned at all, before the first event.
 *
 * @param targets paths, as `node:fs` takes them, or places elsewhere.
 */
export async function* scan(
  targets: string | readonly string[],
  options: ScanTargetOptions = {},
): AsyncGenerator<ScanEvent, void, void> {
  const { offline = false, environment = NOTHING_SET, ...rest } = options;
  const list = typeof targets === "string" ? [targets] : targets;
  const remote = list.some(isRemote) ? await openRemote(options, environment, offline) : undefined;
  try {
    const trees: Tree[] = [];
    for (const target of list) {
      trees.push(
        remote !== undefined && isRemote(target) ? await remote.open(target) : localTree(target),
      );
    }
    yield* scanTrees(trees, {
      // Threads are only loaded by a scan that uses them; see `jobs`.
      openPool: async (setup, size) => {
        const { openThreads } = await import("./workers/open-threads.ts");
        return openThreads(setup, size);
      },
      today: new Date().toISOString().slice(0, 10),
      ...rest,
    });
  } finally {
    await remote?.close();
  }
}

/** A token that somebody stored on this machine is not a library's to use. */
const NOTHING_SET: Environment = { HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" };

async function openRemote(
  { full = false, signal }: ScanOptions,
  environment: Environment,
  offline: boolean,
): Promise<RemoteTargets> {
  const { readNetworkSettings } = await import("./sources/local/network-settings.ts");
  const { remoteTargets } = await import("./sources/remote/remote-targets.ts");
  const settings = readNetworkSettings(environment);
  return remoteTargets({ settings, full, offline, ...(signal === undefined ? {} : { signal }) });
}

/** What of a model is signed and verified. Paths are relative to the model. */
export interface ModelOptions {
  readonly ignorePaths?: readonly string[];
  /** Leaves out `.git`, `.github`, `.gitignore` and `.gitattributes` at the top, unless false. */
  readonly ignoreGitPaths?: boolean;
  /** Where the signature lies in the model: `model.sig`, unless given. */
  readonly signaturePath?: string;
  /** Follows links to files of the model. */
  readonly allowSymlinks?: boolean;
  readonly signal?: AbortSignal;
}

/** Whom to trust: a public key, or roots that the signer's certificate has to lead to. As PEM. */
export type Trusted = { readonly publicKey: string } | { readonly roots: string };

export type VerifyOptions = ModelOptions &
  Trusted & {
    /** The content of the signature file. */
    readonly signature: Uint8Array;
    /** Roots of timestamp authorities, as PEM; without them certificates have to be valid now. */
    readonly timestampRoots?: string;
    /** Refuses what early releases of the reference wrote. */
    readonly strict?: boolean;
    /** Lets files pass that nobody signed; they are told. */
    readonly ignoreUnsignedFiles?: boolean;
    /** Follows links from a snapshot of a Hugging Face cache into its blobs. */
    readonly hubCache?: boolean;
    /** Globs; only files that match one are compared. */
    readonly subset?: readonly string[];
  };

/**
 * Verifies a file or a folder against its signature (OpenSSF Model Signing 1.0). Throws `AppError` where there is no
 * such model and where key or roots cannot be read; everything that is wrong with model or signature is in the result.
 */
export async function verify(model: string, options: VerifyOptions): Promise<Verification> {
  const { verifyModel } = await import("./provenance/oms/verify.ts");
  const { globMatcher } = await import("./scan/glob.ts");
  const { signature, subset, strict = false } = options;
  return await verifyModel(signature, localTree(model), {
    ...(await modelOptions(options)),
    trust: await trustOf(options),
    compat: strict ? "strict" : "legacy",
    ignoreUnsigned: options.ignoreUnsignedFiles ?? false,
    hubCache: options.hubCache ?? false,
    subset: subset === undefined ? undefined : globMatcher(subset),
  });
}

export interface SignOptions extends ModelOptions {
  /** A key on P-256, P-384 or P-521 as PEM, or whoever holds one. */
  readonly key: string | Signer;
  readonly password?: string;
  /** The certificate of the key and those of the authorities between it and the root, as PEM. */
  readonly certificates?: string;
  /** What the model is called in the statement. */
  readonly name: string;
}

/**
 * Signs a file or a folder, and gives the content of the signature file. The model is not scanned. Throws `AppError`
 * USAGE with a sentence for a model or a key that cannot be signed or sign.
 */
export async function sign(model: string, options: SignOptions): Promise<string> {
  const { digestModel, signModel } = await import("./provenance/oms/sign.ts");
  const { fails } = await import("./provenance/oms/problem.ts");
  const digested = await digestModel(localTree(model), await modelOptions(options));
  const signed = digested.problems.some(fails)
    ? { kind: "refused" as const, problems: digested.problems }
    : await signModel(digested, {
        signer: await signerOf(options),
        ...(options.certificates === undefined
          ? {}
          : { chain: (await certificatesOf(options.certificates)).map(({ der }) => der) }),
        name: options.name,
        allowSymlinks: options.allowSymlinks ?? false,
      });
  if (signed.kind === "refused") {
    const messages = signed.problems.filter(fails).map(({ evidence }) => evidence.message);
    throw new AppError("USAGE", `not signed: ${messages.join("; ")}`);
  }
  return signed.bundle;
}

async function modelOptions(options: ModelOptions) {
  const { hashThreads } = await import("./workers/hash-threads.ts");
  const { resolveLink } = await import("./scan/links.ts");
  return {
    ignorePaths: options.ignorePaths ?? [],
    ignoreGitPaths: options.ignoreGitPaths ?? true,
    signaturePath: options.signaturePath ?? "model.sig",
    allowSymlinks: options.allowSymlinks ?? false,
    followLink: resolveLink,
    hash: hashThreads(availableParallelism()),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}

async function signerOf({ key, password }: SignOptions): Promise<Signer> {
  if (typeof key !== "string") {
    return key;
  }
  const { createPrivateKey } = await import("node:crypto");
  const { localSigner } = await import("./provenance/oms/local-signer.ts");
  try {
    return localSigner(
      createPrivateKey({ key, ...(password === undefined ? {} : { passphrase: password }) }),
    );
  } catch (error) {
    throw new AppError("USAGE", "the key is no private key, or its password is another one", {
      cause: error,
    });
  }
}

async function trustOf(options: VerifyOptions): Promise<Trust> {
  const { signingTime } = await import("./provenance/oms/signing-time.ts");
  const { timestampRoots = "" } = options;
  const authorities = timestampRoots === "" ? [] : await certificatesOf(timestampRoots);
  const now = Date.now();
  const timeOf = (bundle: Bundle) => signingTime(bundle, authorities, now);
  if ("roots" in options) {
    const { certificateTrust } = await import("./provenance/oms/certificate-trust.ts");
    return certificateTrust({ anchors: await certificatesOf(options.roots), timeOf });
  }
  const { createPublicKey } = await import("node:crypto");
  try {
    return { kind: "key", key: createPublicKey(options.publicKey), timeOf };
  } catch (error) {
    throw new AppError("USAGE", "the public key cannot be read", { cause: error });
  }
}

async function certificatesOf(pem: string): Promise<readonly Certificate[]> {
  const { parseCertificates } = await import("./provenance/x509/parse-certificates.ts");
  const parsed = parseCertificates(Buffer.from(pem));
  if (parsed.kind === "damaged") {
    throw new AppError("USAGE", `there are no certificates: ${parsed.problem}`);
  }
  return parsed.certificates;
}
