/** Models in memory, signed in any way that somebody could have signed them, and verified. */

import { generateKeyPairSync, sign as signBytes } from "node:crypto";
import type { KeyObject } from "node:crypto";

import { MemorySource } from "../../src/bytes/memory-source.ts";
import type { ByteSource } from "../../src/kernel/source.ts";
import type { Tree, TreeFile } from "../../src/kernel/tree.ts";
import { pae } from "../../src/provenance/dsse/pae.ts";
import { PAYLOAD_TYPE, writeBundle } from "../../src/provenance/oms/bundle.ts";
import { hashHere } from "../../src/provenance/oms/hash-files.ts";
import { keyFingerprint } from "../../src/provenance/oms/keys.ts";
import { fails } from "../../src/provenance/oms/problem.ts";
import { verifyModel } from "../../src/provenance/oms/verify.ts";
import type { Verification, VerifyOptions } from "../../src/provenance/oms/verify.ts";
import { rootDigest } from "../../src/provenance/oms/root-digest.ts";
import { writeStatement } from "../../src/provenance/oms/write-statement.ts";
import { resolveLink } from "../../src/scan/links.ts";
import { sha256 } from "../../src/bytes/hash.ts";

export const KEYS = generateKeyPairSync("ec", { namedCurve: "prime256v1" });

/** Content by path; `-> target` stands for a link. */
export type ModelContent = Readonly<Record<string, string | Uint8Array>>;

export interface TreeOptions {
  readonly kind?: Tree["kind"];
  readonly location?: string;
  /** What is opened instead of a file of that path. */
  readonly opens?: (path: string, bytes: Uint8Array) => ByteSource & { changed?(): boolean };
}

export function modelTree(content: ModelContent, options: TreeOptions = {}): Tree {
  const { kind = "folder", location, opens } = options;
  const folders = new Set(
    Object.keys(content).flatMap((path) =>
      path.split("/").map((_, index, steps) => steps.slice(0, index).join("/")),
    ),
  );
  return {
    kind,
    ref: "model",
    ...(location === undefined ? {} : { location }),
    async *list() {
      for (const [path, value] of Object.entries(content)) {
        const bytes = Buffer.from(value);
        const target = /^-> (.*)$/s.exec(bytes.toString())?.[1];
        yield target === undefined
          ? plainFile(path, bytes, opens)
          : linkTo(path, target, content, folders);
      }
    },
  };
}

function plainFile(path: string, bytes: Uint8Array, opens: TreeOptions["opens"]): TreeFile {
  return {
    rawName: Buffer.from(path),
    path,
    kind: "file",
    size: bytes.length,
    identity: undefined,
    open: () => Promise.resolve(opens?.(path, bytes) ?? new MemorySource(bytes, path)),
  };
}

/** As the operating system would follow it, for the links of these tests. */
function linkTo(
  path: string,
  linkTarget: string,
  content: ModelContent,
  folders: ReadonlySet<string>,
): TreeFile {
  const steps = path.split("/").slice(0, -1);
  for (const step of linkTarget.split("/")) {
    if (step === "..") {
      steps.pop();
    } else if (step !== "." && step !== "") {
      steps.push(step);
    }
  }
  const to = steps.join("/");
  const bytes = content[to] === undefined ? undefined : Buffer.from(content[to]);
  return {
    rawName: Buffer.from(path),
    path,
    kind: "link",
    size: bytes?.length,
    identity: undefined,
    linkTarget,
    ...(bytes === undefined && !folders.has(to)
      ? { problem: "what it leads to does not exist" }
      : {}),
    open: () => Promise.resolve(new MemorySource(bytes ?? Buffer.alloc(0), path)),
  };
}

/** The statement as it would be signed, to be spoiled. */
export interface Statement {
  _type: string;
  subject: { name: string; digest: Record<string, string> }[];
  predicateType: string;
  predicate: {
    serialization: Record<string, unknown>;
    resources: { name: string; algorithm: string; digest: string; [key: string]: unknown }[];
  };
  [key: string]: unknown;
}

export function statementOf(content: ModelContent): Statement {
  const files = Object.entries(content).map(([name, value]) => ({ name, digest: sha256(value) }));
  const bytes = writeStatement({ name: "model", files, ignorePaths: [], allowSymlinks: false });
  return JSON.parse(Buffer.from(bytes).toString()) as Statement;
}

/** A bundle over any payload, with a signature that holds. */
export function signed(
  payload: object | string | Uint8Array,
  keys: { publicKey: KeyObject; privateKey: KeyObject } = KEYS,
  digest = "sha256",
): Buffer {
  const bytes =
    typeof payload === "object" && !(payload instanceof Uint8Array)
      ? Buffer.from(JSON.stringify(payload))
      : Buffer.from(payload);
  const signature = signBytes(digest, pae(PAYLOAD_TYPE, bytes), keys.privateKey);
  const material = { kind: "key", hint: keyFingerprint(keys.publicKey) } as const;
  return Buffer.from(writeBundle({ material, payload: bytes, signature }));
}

export function verifyOptions(changes: Partial<VerifyOptions> = {}): VerifyOptions {
  return {
    trust: { kind: "key", key: KEYS.publicKey },
    compat: "legacy",
    ignorePaths: [],
    ignoreGitPaths: true,
    ignoreUnsigned: false,
    allowSymlinks: false,
    hubCache: false,
    followLink: resolveLink,
    hash: hashHere,
    ...changes,
  };
}

export function verifySigned(
  bundle: Uint8Array,
  tree: Tree,
  changes: Partial<VerifyOptions> = {},
): Promise<Verification> {
  return verifyModel(bundle, tree, verifyOptions(changes));
}

/** Rules that fail it, in order, each once. */
export function failuresOf({ problems }: Verification): string[] {
  return [...new Set(problems.filter(fails).map(({ rule }) => rule.id))];
}

/** Rules of everything that is told. */
export function toldOf({ problems }: Verification): string[] {
  return [...new Set(problems.map(({ rule }) => rule.id))];
}

/** A properly signed statement that is spoiled before. */
export function spoiled(content: ModelContent, spoil: (statement: Statement) => unknown): Buffer {
  const statement = statementOf(content);
  spoil(statement);
  return signed(statement);
}

/** Gives a statement the root digest that its list makes. */
export function withRoot(statement: Statement): void {
  const digests = statement.predicate.resources.map(({ digest }) => digest);
  statement.subject[0] = { name: "model", digest: { sha256: rootDigest(digests) } };
}
