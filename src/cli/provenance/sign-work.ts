/** What comes before signing: the scan, and the digests that need not be taken again. */

import { createPublicKey } from "node:crypto";

import type { Signer } from "../../kernel/signer.ts";
import { escapeText } from "../../kernel/text.ts";
import type { Tree, TreeFile } from "../../kernel/tree.ts";
import { MAX_BUNDLE_BYTES } from "../../provenance/oms/bundle.ts";
import type { HashFiles } from "../../provenance/oms/hash-files.ts";
import { readPrior } from "../../provenance/oms/prior.ts";
import type { Style } from "../../reporters/terminal/style.ts";
import type { Arguments } from "../command.ts";
import { openDigestCache } from "./digest-cache.ts";
import type { DigestCache } from "./digest-cache.ts";
import { readNamedFile } from "./model-target.ts";
import type { ModelTarget } from "./model-target.ts";
import { INDENT, problemLines } from "./problem-lines.ts";
import type { Work } from "./work.ts";

export type SignWork =
  | {
      readonly kind: "ready";
      readonly hash: HashFiles;
      /** Writes down what was learnt. Gives a sentence where that fails. */
      close(): string | undefined;
    }
  /** Lines for people that say why nothing is signed. */
  | { readonly kind: "refused"; readonly lines: string };

export interface SignWorkOptions {
  readonly given: Arguments;
  readonly model: ModelTarget;
  /** An earlier signature has to be by the same. */
  readonly signer?: Signer | undefined;
  readonly style: Style;
  readonly work: Work;
}

/** Throws `AppError` for what cannot be used, and where the user gives up. */
export async function prepareWork(options: SignWorkOptions): Promise<SignWork> {
  const { given, model, signer, style, work } = options;
  const incremental = given.value("incremental");
  const cache = await openDigestCache(given, model);
  let accepts: ((path: string, digest: string) => boolean) | undefined;
  if (incremental !== undefined && signer !== undefined) {
    const bytes = readNamedFile(incremental, "the earlier signature", MAX_BUNDLE_BYTES + 1);
    const key = { key: Buffer.from(signer.publicKey), type: "spki", format: "der" } as const;
    const prior = readPrior(bytes, createPublicKey(key));
    if (prior.kind === "refused") {
      const head = `${escapeText(incremental)} is nothing to build upon\n`;
      return { kind: "refused", lines: head + problemLines(prior.problems, style, true) };
    }
    accepts = (path, digest) => prior.digests.get(path) === digest;
  }
  const close = (): string | undefined => cache?.close();
  if (given.has("no-scan")) {
    return { kind: "ready", hash: cache?.wrap(work.hash, accepts) ?? work.hash, close };
  }
  const { scanGate } = await import("./scan-gate.ts");
  const gate = await scanGate(cache === undefined ? model.tree : unseen(model.tree, cache), work);
  if (gate.report.verdict === "malicious" && !given.has("sign-anyway")) {
    const { riskyLines } = await import("./scan-lines.ts");
    const lines = [
      "it harms whoever loads it",
      riskyLines(gate.report, "malicious", style).trimEnd(),
      `${INDENT}a signature would vouch for that; if you know better: --sign-anyway`,
      "",
    ];
    return { kind: "refused", lines: lines.join("\n") };
  }
  cache?.scanned(gate.harmless);
  return { kind: "ready", hash: cache?.wrap(gate.hash, accepts) ?? gate.hash, close };
}

/** The files of a tree that no earlier scan has seen as they are. */
function unseen(tree: Tree, cache: DigestCache): Tree {
  return {
    ...tree,
    async *list(signal): AsyncGenerator<TreeFile> {
      for await (const file of tree.list(signal)) {
        if (file.kind !== "file" || !cache.isScanned(file)) {
          yield file;
        }
      }
    },
  };
}
