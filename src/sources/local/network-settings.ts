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
  /** PEM; in place of those that Node brings. */
  readonly certificates?: string;
}

/** Variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;

const HUB = "https://huggingface.co";
const TIMEOUT = 30_000;
/** Timers count in 31 bits. */
const LONGEST_TIMEOUT = 24 * 3600 * 1000;

/**
 * Reads the settings, and the files that they name: a token that is stored, certificates.
 * Throws `AppError` USAGE for a setting that cannot be.
 */
export function readNetworkSettings(environment: Environment): NetworkSettings {
  const set = (...names: string[]): string | undefined =>
    names
      .map((name) => environment[name]?.trim())
      .find((value) => value !== undefined && value !== "");
  const own = set("HOME") ?? homedir();
  const expanded = (path: string): string => path.replace(/^~(?=\/|$)/, own);
  const home = expanded(
    set("HF_HOME") ?? join(set("XDG_CACHE_HOME") ?? join(own, ".cache"), "huggingface"),
  );
  const isOn = (...names: string[]): boolean => /^(?:1|on|yes|true)$/i.test(set(...names) ?? "");
  const token = isOn("HF_HUB_DISABLE_IMPLICIT_TOKEN")
    ? undefined
    : checkedToken(
        set("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN") ??
          storedToken(expanded(set("HF_TOKEN_PATH") ?? join(home, "token"))),
      );
  const http = proxyOf(set("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"));
  const https = proxyOf(set("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"));
  const none = set("no_proxy", "NO_PROXY");
  const certificates = set("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE");
  return {
    endpoint: endpointOf(set("HF_ENDPOINT") ?? HUB),
    ...(token === undefined ? {} : { token }),
    cache: expanded(set("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE") ?? join(home, "hub")),
    offline: isOn("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"),
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
  const url = webAddress(text);
  if (url === undefined) {
    throw new AppError("USAGE", "HF_ENDPOINT is no web address", { hint: `such as ${HUB}` });
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new AppError("USAGE", "HF_ENDPOINT has more in it than a place", {
      hint: `such as ${HUB}; HF_TOKEN is for what is secret`,
    });
  }
  return url;
}

function webAddress(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url?.protocol === "https:" || url?.protocol === "http:" ? url : undefined;
}

/** A proxy without a scheme is one of http, as curl has it. Its password is never printed. */
function proxyOf(text: string | undefined): string | undefined {
  if (text === undefined) {
    return undefined;
  }
  const url = webAddress(text.includes("://") ? text : `http://${text}`);
  if (url === undefined) {
    throw new AppError("USAGE", "the proxy is no web address", {
      hint: "see HTTP_PROXY, HTTPS_PROXY and ALL_PROXY: only proxies of http and https are used",
    });
  }
  return url.href;
}

/** What cannot be in a header would fail there, with its text in the error. */
function checkedToken(token: string | undefined): string | undefined {
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new AppError("USAGE", "the token of the hub has characters in it that no token has", {
      hint: "see HF_TOKEN, or log in again",
    });
  }
  return token;
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
  return seconds === undefined || !(value > 0)
    ? TIMEOUT
    : Math.min(LONGEST_TIMEOUT, Math.ceil(value * 1000));
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
