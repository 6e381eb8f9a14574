/**
 * Verifies a model against its signature, in this order: the bundle as such, whether it is signed in the way that was
 * asked for, the signature over the bytes, the statement inside, the root digest, the files. Everything that is wrong
 * is collected; a list of files whose signature does not hold is compared all the same, and proves nothing.
 */

import type { Tree } from "../../kernel/tree.ts";
import { readBundle } from "./bundle.ts";
import type { Bundle } from "./bundle.ts";
import { compare } from "./compare.ts";
import type { Comparison, CompareOptions } from "./compare.ts";
import { dirHash1 } from "./dir-hash1.ts";
import type { Manifest } from "./manifest.ts";
import { aboutSignature, fails } from "./problem.ts";
import type { Problem } from "./problem.ts";
import { readStatement } from "./read-statement.ts";
import { LEGACY_PREDICATE, NOT_COMPARED } from "./rules.ts";
import { judgeSigner } from "./trust.ts";
import type { SignerIdentity, TimeBasis, Trust } from "./trust.ts";

export interface VerifyOptions extends CompareOptions {
  readonly trust: Trust;
  /** Whether what early releases of the reference wrote is accepted. */
  readonly compat: "legacy" | "strict";
}

/** What the signature says, whether it holds or not. */
export interface SignedStatement {
  readonly predicateType: string;
  readonly name: string;
  readonly root: string | undefined;
  readonly dirHash1: string | undefined;
  readonly method: Manifest["method"];
  readonly algorithm: string;
  readonly allowSymlinks: boolean;
  readonly ignorePaths: readonly string[];
  readonly files: number;
}

export interface Verification {
  readonly verified: boolean;
  /** How it was signed; missing where the bundle cannot be read. */
  readonly method: Bundle["material"]["kind"] | undefined;
  /** Only where the signature holds. */
  readonly signer: SignerIdentity | undefined;
  readonly time: TimeBasis | undefined;
  readonly statement: SignedStatement | undefined;
  /** Missing where nothing could be compared. */
  readonly comparison: Omit<Comparison, "problems"> | undefined;
  /** Failures and notes, in the order of the procedure. */
  readonly problems: readonly Problem[];
}

const NOTHING = {
  method: undefined,
  signer: undefined,
  time: undefined,
  statement: undefined,
  comparison: undefined,
} as const;

/** Verifies. Throws `AppError` where the model cannot be listed, and where the user gave up. */
export async function verifyModel(
  bundleBytes: Uint8Array,
  tree: Tree,
  options: VerifyOptions,
): Promise<Verification> {
  const read = readBundle(bundleBytes);
  if (read.kind === "failed") {
    return { ...NOTHING, verified: false, problems: [...read.problems, notCompared()] };
  }
  const { bundle } = read;
  const {
    signer,
    time,
    problems: aboutSigner,
  } = judgeSigner(bundle, options.trust, options.compat);
  const { manifest, predicateType = "", problems } = readStatement(bundle.envelope.payload);
  const all: Problem[] = [
    ...aboutSigner,
    ...problems.map((problem) => strictly(problem, options.compat)),
  ];
  const compared = manifest === undefined ? undefined : await compare(manifest, tree, options);
  all.push(...(compared?.problems ?? [notCompared()]));
  return {
    verified: signer !== undefined && !all.some(fails),
    method: bundle.material.kind,
    signer,
    time,
    statement: manifest === undefined ? undefined : describe(manifest, predicateType),
    comparison: compared,
    problems: all,
  };
}

/** The older predicate is a note, unless only the current ones count. */
function strictly(problem: Problem, compat: "legacy" | "strict"): Problem {
  return problem.rule === LEGACY_PREDICATE && compat === "strict"
    ? { ...problem, rule: { ...problem.rule, severity: "high", implies: "suspicious" } }
    : problem;
}

function describe(manifest: Manifest, predicateType: string): SignedStatement {
  const { resources, method } = manifest;
  const [first] = resources;
  const isPlain = method === "files" && first?.algorithm === "sha256";
  return {
    predicateType,
    name: manifest.name,
    root: manifest.root,
    dirHash1: isPlain ? dirHash1(resources) : undefined,
    method,
    algorithm: first?.algorithm ?? "sha256",
    allowSymlinks: manifest.allowSymlinks,
    ignorePaths: manifest.ignorePaths,
    files: new Set(resources.map(({ path }) => path)).size,
  };
}

function notCompared(): Problem {
  return aboutSignature(
    NOT_COMPARED,
    "the files were not compared: what was signed cannot be read",
  );
}
