/**
 * A bundle over the bytes of one file, as `cosign sign-blob` makes them: there is no list of files in it, so it can be
 * about nothing but a file that is named alone.
 */

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import type { TreeFile } from "../../kernel/tree.ts";
import { parseStrictJson } from "../../provenance/dsse/strict-json.ts";
import { aboutSignature, fails } from "../../provenance/oms/problem.ts";
import type { Verification } from "../../provenance/oms/verify.ts";
import { valueAt } from "../../provenance/sigstore/json.ts";
import { readArtifact } from "../../provenance/sigstore/read-artifact.ts";
import { CONTENT } from "../../provenance/sigstore/rules.ts";
import type { Arguments } from "../command.ts";
import { keylessFileJudge } from "./keyless-trust.ts";
import type { ModelTarget } from "./model-target.ts";
import type { Work } from "./work.ts";

const NOTHING = {
  verified: false,
  method: "sigstore",
  signer: undefined,
  time: undefined,
  statement: undefined,
  comparison: undefined,
} as const;

/** The bundle, where it is one over bytes. */
function fileBundle(bytes: Uint8Array): JsonValue | undefined {
  const read = parseStrictJson(bytes);
  return read.kind === "value" && valueAt(read.value, "messageSignature") !== undefined
    ? read.value
    : undefined;
}

/** Gives nothing for a bundle that has a statement, or is none. Throws `AppError` where the file cannot be read. */
export async function verifySignedFile(
  given: Arguments,
  model: ModelTarget,
  bytes: Uint8Array,
  { signal, onProgress }: Pick<Work, "signal" | "onProgress">,
): Promise<Verification | undefined> {
  const bundle = fileBundle(bytes);
  if (bundle === undefined) {
    return undefined;
  }
  if (given.has("scan")) {
    throw new AppError(
      "USAGE",
      "a signature over the bytes of one file is verified without a scan",
      {
        hint: `weighbridge scan ${model.ref}`,
      },
    );
  }
  const judge = await keylessFileJudge(given);
  const file = await onlyFile(model, signal);
  if (file === undefined) {
    const message = `the signature is over the bytes of one file, and ${quote(model.ref)} is none`;
    return { ...NOTHING, problems: [aboutSignature(CONTENT, message)] };
  }
  const source = await file.open();
  try {
    const artifact = await readArtifact(source, (count) => {
      if (signal.aborted) {
        throw new AppError("ABORTED", "interrupted");
      }
      onProgress(count);
    });
    const { signer, time, problems } = judge(bundle, artifact);
    const verified = signer !== undefined && !problems.some(fails);
    return {
      ...NOTHING,
      verified,
      signer,
      time,
      comparison: {
        verified: verified ? [file.path] : [],
        bytes: artifact.size,
        cached: [],
        stated: [],
        ignored: [],
      },
      problems,
    };
  } finally {
    source.close?.();
  }
}

async function onlyFile({ tree }: ModelTarget, signal: AbortSignal): Promise<TreeFile | undefined> {
  if (tree.kind !== "file") {
    return undefined;
  }
  for await (const file of tree.list(signal)) {
    return file;
  }
  return undefined;
}
