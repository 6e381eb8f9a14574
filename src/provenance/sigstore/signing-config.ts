/**
 * The signing configuration of an instance of Sigstore (`SigningConfig` 0.2): which authority, logs and timestamp
 * authorities to use at a time. Of each operator the newest service with the highest version of its interface that
 * is known here.
 */

import type { JsonValue } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import { textAt, valueAt } from "./json.ts";

export interface Service {
  readonly url: string;
  readonly version: number;
}

export interface ChosenServices {
  readonly certificateAuthority: Service;
  readonly logs: readonly Service[];
  readonly timestampAuthorities: readonly Service[];
  /** The provider that people log in at, where one is named. */
  readonly identityProvider: string | undefined;
}

export type ReadSigningConfig =
  | { readonly kind: "services"; readonly services: ChosenServices }
  /** Half a sentence. */
  | { readonly kind: "refused"; readonly reason: string };

const MEDIA_TYPE = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
/** Versions of interfaces that are spoken here. */
const SPOKEN = { certificateAuthority: [1], log: [1, 2], timestamp: [1], provider: [1] } as const;

interface Candidate extends Service {
  readonly operator: string;
  readonly start: number;
}

/** Reads a `SigningConfig`, or the one inside a `ClientTrustConfig`. Never throws. */
export function readSigningConfig(json: JsonValue, now: Date): ReadSigningConfig {
  const config = valueAt(json, "signingConfig") ?? json;
  const mediaType = textAt(config, "mediaType");
  if (mediaType !== MEDIA_TYPE) {
    return refused(`its signing configuration is of the type ${quote(mediaType ?? "")}`);
  }
  const [certificateAuthority] = current(config, "caUrls", SPOKEN.certificateAuthority, now);
  if (certificateAuthority === undefined) {
    return refused("it names no certificate authority that is in use and spoken to here");
  }
  const logs = selected(config, "rekorTlogUrls", "rekorTlogConfig", SPOKEN.log, now);
  const stamps = selected(config, "tsaUrls", "tsaConfig", SPOKEN.timestamp, now);
  if (typeof logs === "string") {
    return refused(logs);
  }
  if (typeof stamps === "string") {
    return refused(stamps);
  }
  if (logs.length === 0) {
    return refused("it names no log that is in use and spoken to here");
  }
  // Entries of version 2 have no time of their own.
  if (stamps.length === 0 && logs.some(({ version }) => version > 1)) {
    return refused("its log needs a timestamp, and it names no timestamp authority");
  }
  const [provider] = current(config, "oidcUrls", SPOKEN.provider, now);
  return {
    kind: "services",
    services: {
      certificateAuthority,
      logs,
      timestampAuthorities: stamps,
      identityProvider: provider?.url,
    },
  };
}

/** As many as the selector says; a sentence where there are not as many. */
function selected(
  config: JsonValue,
  list: string,
  selection: string,
  versions: readonly number[],
  now: Date,
): readonly Service[] | string {
  const services = current(config, list, versions, now);
  const selector = textAt(config, selection, "selector") ?? "ANY";
  switch (selector) {
    case "ALL":
      return services;
    case "EXACT": {
      const count = Number(valueAt(config, selection, "count") ?? 0);
      return services.length >= count
        ? services.slice(0, count)
        : `it asks for ${count} of ${list} and names ${services.length} that are in use`;
    }
    case "ANY":
      return services.slice(0, 1);
    default:
      return `it selects from ${list} in a way that is not known here`;
  }
}

/** Those in use, the best of each operator, the best first. */
function current(
  config: JsonValue,
  list: string,
  versions: readonly number[],
  now: Date,
): readonly Service[] {
  const entries = valueAt(config, list);
  const candidates = (Array.isArray(entries) ? (entries as readonly JsonValue[]) : [])
    .flatMap((entry): readonly Candidate[] => {
      const url = textAt(entry, "url") ?? "";
      const version = Number(valueAt(entry, "majorApiVersion") ?? 0);
      const start = Date.parse(textAt(entry, "validFor", "start") ?? "");
      const end = textAt(entry, "validFor", "end");
      const isCurrent =
        start <= now.getTime() && (end === undefined || now.getTime() <= Date.parse(end));
      return isCurrent && versions.includes(version) && isAddress(url)
        ? [{ url, version, start, operator: textAt(entry, "operator") ?? "" }]
        : [];
    })
    .toSorted((a, b) => b.version - a.version || b.start - a.start);
  const operators = new Set<string>();
  return candidates
    .filter(({ operator }) => !operators.has(operator) && operators.add(operator))
    .map(({ url, version }) => ({ url, version }));
}

function isAddress(url: string): boolean {
  return URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}

function refused(reason: string): ReadSigningConfig {
  return { kind: "refused", reason };
}
