/** The trust of an instance of Sigstore: the one that the user names, else the public one as it shipped. */

import { readAsset } from "../../bytes/file-source.ts";
import { AppError } from "../../kernel/errors.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import { parseStrictJson } from "../../provenance/dsse/strict-json.ts";
import { textAt } from "../../provenance/sigstore/json.ts";
import type { Arguments } from "../command.ts";
import { readNamedFile } from "./model-target.ts";

/** Far above any list of authorities and logs. */
const LARGEST = 4 * 1024 * 1024;
const SHIPPED = "sigstore/public-good.json";

export interface TrustConfig {
  readonly json: JsonValue;
  /** The day on which the one that ships was current; missing for the user's own. */
  readonly taken?: string;
}

/** Throws `AppError` where the user's file cannot be read. Nothing is said about what is in it. */
export function readTrustConfig(given: Arguments): TrustConfig {
  const path = given.value("trust-config");
  if (path === undefined) {
    const json = readAsset(SHIPPED) as JsonValue;
    const taken = textAt(json, "taken");
    return { json, ...(taken === undefined ? {} : { taken }) };
  }
  const read = parseStrictJson(readNamedFile(path, "the trust configuration", LARGEST));
  if (read.kind === "failed") {
    throw new AppError("CONFIG_INVALID", `${path} is no trust configuration: ${read.detail}`, {
      hint: "a ClientTrustConfig or a TrustedRoot of Sigstore, as JSON",
    });
  }
  return { json: read.value };
}
