/** The claim of how a model was made, out of what the user says of the run: inputs, parameters, command, code. */

import { existsSync } from "node:fs";
import { basename } from "node:path";

import { sha256 } from "../../bytes/hash.ts";
import { AppError } from "../../kernel/errors.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import { buildProvenance } from "../../provenance/attestations/build-provenance.ts";
import type { BuildInput } from "../../provenance/attestations/build-provenance.ts";
import { readDatasetManifest } from "../../provenance/attestations/dataset-manifest.ts";
import { NAMESPACE, PROVENANCE_TYPE } from "../../provenance/attestations/namespace.ts";
import type { BuildKind } from "../../provenance/attestations/namespace.ts";
import type { DigestSet, JsonObject } from "../../provenance/attestations/statement.ts";
import { modelDigestSet } from "../../provenance/attestations/write-statement.ts";
import { VERSION } from "../../scan/version.ts";
import type { Arguments } from "../command.ts";
import { readNamedFile } from "../provenance/model-target.ts";
import { gitCommit } from "./git-commit.ts";
import { digestOther } from "./run-attest.ts";
import type { ClaimInput } from "./run-attest.ts";

/** Files that are hashed at once: lock files, logs. */
const LARGEST = 256 * 1024 * 1024;
const LARGEST_MANIFEST = 256 * 1024 * 1024;
const NAMED = /^(.+)@((?:[A-Za-z\d]+:[0-9a-f]+)(?:,[A-Za-z\d]+:[0-9a-f]+)*)$/;

export async function buildClaim(
  kind: BuildKind,
  { given, work }: ClaimInput,
): Promise<{ readonly type: string; readonly predicate: JsonObject }> {
  const inputs = [
    ...given.values("dataset").map((path) => datasetInput(path, kind)),
    ...(await basesOf(kind, { given, work })),
    ...codeOf(given),
    ...given.values("material").map(materialOf),
  ];
  const command = given.value("command");
  const invocation = given.value("invocation");
  const startedOn = given.value("started-on");
  const finishedOn = given.value("finished-on");
  const predicate = buildProvenance({
    kind,
    parameters: parametersOf(given.values("param")),
    ...(command === undefined ? {} : { command }),
    inputs,
    byproducts: given.values("byproduct").map((path) => fileDescriptor(path)),
    builder: given.value("builder") ?? `${NAMESPACE}builder/local/v1`,
    versions: { weighbridge: VERSION },
    ...(invocation === undefined ? {} : { invocation }),
    ...(startedOn === undefined ? {} : { startedOn }),
    ...(finishedOn === undefined ? {} : { finishedOn }),
  });
  return { type: PROVENANCE_TYPE, predicate };
}

function datasetInput(path: string, kind: BuildKind): BuildInput {
  const bytes = readNamedFile(path, "the manifest of a dataset", LARGEST_MANIFEST);
  const read = readDatasetManifest(bytes);
  if (read.kind === "failed") {
    throw new AppError("USAGE", `${path} is no manifest of a dataset: ${read.detail}`, {
      hint: "weighbridge dataset manifest DIR makes one",
    });
  }
  const { name, digest, license, files } = read.manifest;
  return {
    role: kind === "quantize" ? "calibration-data" : "dataset",
    name,
    digest,
    annotations: {
      manifest: `sha256:${sha256(bytes)}`,
      files: files.length,
      ...(license === undefined ? {} : { license }),
    },
  };
}

async function basesOf(
  kind: BuildKind,
  { given, work }: Pick<ClaimInput, "given" | "work">,
): Promise<BuildInput[]> {
  const role = kind === "package" ? "model" : "base-model";
  const inputs: BuildInput[] = [];
  for (const ref of given.values("base")) {
    const [, name, digests] = existsSync(ref) ? [] : (NAMED.exec(ref) ?? []);
    if (name !== undefined && digests !== undefined) {
      const isUri = name.includes(":");
      inputs.push({ role, ...(isUri ? { uri: name } : { name }), digest: digestsOf(digests) });
    } else {
      const base = await digestOther(ref, given, work);
      inputs.push({ role, name: base.name, digest: modelDigestSet(base) });
    }
  }
  return inputs;
}

function digestsOf(text: string): DigestSet {
  return Object.fromEntries(
    text.split(",").map((each) => {
      const [algorithm = "", value = ""] = each.split(":");
      return [algorithm, value];
    }),
  );
}

function codeOf(given: Arguments): BuildInput[] {
  const folder = given.value("code");
  const commit = given.value("commit");
  if (commit !== undefined) {
    return [
      {
        role: "code",
        digest: { gitCommit: commit },
        ...(folder === undefined ? {} : { uri: folder }),
      },
    ];
  }
  if (folder === undefined) {
    return [];
  }
  const found = gitCommit(folder);
  return [
    {
      role: "code",
      digest: { gitCommit: found.commit },
      ...(found.uri === undefined ? {} : { uri: found.uri }),
    },
  ];
}

function materialOf(text: string): BuildInput {
  const at = text.indexOf("=");
  if (at < 1) {
    throw new AppError("USAGE", `--material is ROLE=FILE, and not ${text}`);
  }
  const { name, digest } = fileDescriptor(text.slice(at + 1));
  return { role: text.slice(0, at), name, digest };
}

function fileDescriptor(path: string): { readonly name: string; readonly digest: DigestSet } {
  const digest = sha256(readNamedFile(path, "the file", LARGEST));
  return { name: basename(path), digest: { sha256: digest } };
}

/** Numbers and truth values stay what they are; everything else is text. */
function parametersOf(params: readonly string[]): JsonObject {
  return Object.fromEntries(
    params.map((text): [string, JsonValue] => {
      const at = text.indexOf("=");
      if (at < 1) {
        throw new AppError("USAGE", `--param is KEY=VALUE, and not ${text}`);
      }
      return [text.slice(0, at), parameterOf(text.slice(at + 1))];
    }),
  );
}

function parameterOf(text: string): JsonValue {
  if (text === "true" || text === "false") {
    return text === "true";
  }
  const isNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text);
  const value = Number(text);
  return isNumber && Number.isFinite(value) && Math.abs(value) <= Number.MAX_SAFE_INTEGER
    ? value
    : text;
}
