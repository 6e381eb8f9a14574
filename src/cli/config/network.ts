/**
 * What the environment says about hubs and the way to them, under the names that huggingface_hub, curl and
 * requests read: endpoint, token, cache, proxies, certificates.
 */

import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

import { AppError, errorMessage } from "../../kernel/errors.ts";

export interface NetworkSettings {
  readonly endpoint: URL;
  readonly token?: string;
  /** Folder of the local hub cache. */
  readonly cache: string;
  readonly offline: boolean;
  /** Milliseconds without a byte after which a request has failed. */
  readonly timeout: number;
  readonly proxy: { readonly http?: string; readonly https?: string; readonly none?: string };
  /** PEM. */
  readonly certificates?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const HUB = "https://huggingface.co";
const TIMEOUT = 30_000;

/** Throws `AppError` USAGE for a setting that cannot be. */
export function networkSettings(environment: Environment = process.env): NetworkSettings {
  const set = (...names: string[]): string | undefined =>
    names
      .map((name) => environment[name]?.trim())
      .find((value) => value !== undefined && value !== "");
  const home =
    set("HF_HOME") ??
    join(set("XDG_CACHE_HOME") ?? join(set("HOME") ?? homedir(), ".cache"), "huggingface");
  const token =
    set("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN") ??
    storedToken(set("HF_TOKEN_PATH") ?? join(home, "token"));
  const http = set("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY");
  const https = set("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY");
  const none = set("no_proxy", "NO_PROXY");
  const certificates = set("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE");
  return {
    endpoint: endpointOf(set("HF_ENDPOINT") ?? HUB),
    ...(token === undefined ? {} : { token }),
    cache: set("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE") ?? join(home, "hub"),
    offline: /^(?:1|on|yes|true)$/i.test(set("HF_HUB_OFFLINE") ?? ""),
    timeout: timeoutOf(set("HF_HUB_DOWNLOAD_TIMEOUT")),
    proxy: {
      ...(http === undefined ? {} : { http }),
      ...(https === undefined ? {} : { https }),
      ...(none === undefined ? {} : { none }),
    },
    ...(certificates === undefined ? {} : { certificates: readCertificates(certificates) }),
  };
}

function endpointOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new AppError("USAGE", `HF_ENDPOINT is ${text}, which is no web address`, {
      hint: `such as ${HUB}`,
    });
  }
  return url;
}

function storedToken(path: string): string | undefined {
  try {
    const token = readFileSync(path, "utf8").trim();
    return token === "" ? undefined : token;
  } catch {
    // Nobody logged in.
    return undefined;
  }
}

function timeoutOf(seconds: string | undefined): number {
  const value = Number(seconds);
  return seconds === undefined || !(value > 0) ? TIMEOUT : Math.round(value * 1000);
}

function readCertificates(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new AppError(
      "USAGE",
      `the certificates in ${path} cannot be read: ${errorMessage(error)}`,
      {
        hint: "see REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE and SSL_CERT_FILE",
        cause: error,
      },
    );
  }
}
