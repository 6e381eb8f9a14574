/**
 * The manifest of a TorchServe archive: what is loaded, and which of the files beside it are code. Fields
 * are what `torch-model-archiver` writes; unknown ones are left alone.
 */

import { utf8 } from "../../bytes/read.ts";

export const MANIFEST = "MAR-INF/MANIFEST.json";

/** Fields that name files of the archive. */
export const FILE_FIELDS = [
  "handler",
  "modelFile",
  "serializedFile",
  "requirementsFile",
  "configFile",
] as const;

export interface Manifest {
  /** File names by field, as written; only those that are there. */
  readonly files: ReadonlyMap<string, string>;
}

/** Reads it; undefined where it is no JSON object with a `model`. */
export function readManifest(bytes: Uint8Array): Manifest | undefined {
  const model = field(parseJson(utf8(bytes)), "model");
  if (typeof model !== "object" || model === null) {
    return undefined;
  }
  const files = new Map<string, string>();
  for (const name of FILE_FIELDS) {
    const value = field(model, name);
    if (typeof value === "string" && value !== "") {
      files.set(name, value);
    }
  }
  const extensions = field(model, "extensions");
  if (typeof extensions === "string") {
    for (const [index, name] of extensions.split(",").entries()) {
      files.set(`extensions[${index}]`, name.trim());
    }
  }
  return { files };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
