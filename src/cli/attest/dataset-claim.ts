/** The claim of what is in a dataset: its manifest, which has to be of these very files. */

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import {
  compareDataset,
  datasetManifest,
  readDatasetManifest,
} from "../../provenance/attestations/dataset-manifest.ts";
import { DATASET_TYPE } from "../../provenance/attestations/namespace.ts";
import type { DatasetManifest } from "../../provenance/attestations/dataset-manifest.ts";
import type { JsonObject } from "../../provenance/attestations/statement.ts";
import type { Arguments } from "../command.ts";
import { readNamedFile } from "../provenance/model-target.ts";
import type { ClaimInput } from "./run-attest.ts";

const LARGEST = 12 * 1024 * 1024;

/** The manifest that the user names. Throws `AppError` USAGE for what is none. */
export function namedManifest(given: Arguments): DatasetManifest | undefined {
  const path = given.value("manifest");
  if (path === undefined) {
    return undefined;
  }
  const read = readDatasetManifest(readNamedFile(path, "the manifest", LARGEST));
  if (read.kind === "failed") {
    throw new AppError("USAGE", `${path} is no manifest of a dataset: ${read.detail}`);
  }
  return read.manifest;
}

/** Throws `AppError` USAGE where the manifest is of other files. */
export function datasetClaim(
  { given, model, digested }: ClaimInput,
  manifest: DatasetManifest | undefined,
): { readonly type: string; readonly predicate: JsonObject } {
  if (manifest === undefined) {
    const license = given.value("license");
    const predicate = datasetManifest({
      name: model.name,
      files: digested.files,
      ignored: [],
      ...(license === undefined ? {} : { license }),
    });
    return { type: DATASET_TYPE, predicate };
  }
  const path = given.value("manifest") ?? "";
  const { changed, missing, added } = compareDataset(manifest, digested.files);
  const [first] = [...changed, ...missing, ...added];
  if (first !== undefined) {
    throw new AppError("USAGE", `${path} is not of these files: ${quote(first)} differs`, {
      hint: `weighbridge dataset verify ${model.ref} --manifest ${path} lists all differences`,
    });
  }
  return { type: DATASET_TYPE, predicate: manifest.predicate };
}
