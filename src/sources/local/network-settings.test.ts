import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readNetworkSettings } from "./network-settings.ts";

let home = "";

beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "weighbridge-network-"));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

function settings(environment: Record<string, string> = {}) {
  return readNetworkSettings({ HOME: home, ...environment });
}

describe("readNetworkSettings", () => {
  it("has the hub and its cache where huggingface_hub has them", () => {
    expect(settings()).toEqual({
      endpoint: new URL("https://huggingface.co"),
      cache: join(home, ".cache/huggingface/hub"),
      offline: false,
      timeout: 30_000,
      proxy: {},
    });
  });

  it.each<[Record<string, string>, string]>([
    [{ HF_HUB_CACHE: "/c", HF_HOME: "/h" }, "/c"],
    [{ HUGGINGFACE_HUB_CACHE: "/c" }, "/c"],
    [{ HF_HOME: "/h" }, "/h/hub"],
    [{ HF_HOME: "~/h" }, "HOME/h/hub"],
    [{ HF_HUB_CACHE: "~" }, "HOME"],
    [{ XDG_CACHE_HOME: "/x" }, "/x/huggingface/hub"],
    [{ HF_HOME: " " }, "HOME/.cache/huggingface/hub"],
  ])("finds the cache with %j", (environment, cache) => {
    expect(settings(environment).cache).toBe(cache.replace("HOME", home));
  });

  it("takes the token from the environment, and else from where login puts it", () => {
    const folder = join(home, "hf");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "token"), "hf_stored\n");
    writeFileSync(join(folder, "other"), "hf_other");
    expect(settings({ HF_HOME: folder, HF_TOKEN: "hf_given" }).token).toBe("hf_given");
    expect(settings({ HF_HOME: folder }).token).toBe("hf_stored");
    expect(settings({ HF_HOME: folder, HF_TOKEN: "" }).token).toBe("hf_stored");
    expect(settings({ HF_HOME: folder, HF_TOKEN_PATH: join(folder, "other") }).token).toBe(
      "hf_other",
    );
    expect(settings().token).toBeUndefined();
    const none = { HF_TOKEN: "hf_given", HF_HUB_DISABLE_IMPLICIT_TOKEN: "1" };
    expect(settings(none).token).toBeUndefined();
  });

  it("never prints a token that cannot be one", () => {
    expect(() => settings({ HF_TOKEN: "hf_s3cr3t\r\nx: y" })).toThrow(
      expect.objectContaining({
        code: "USAGE",
        message: "the token of the hub has characters in it that no token has",
      }),
    );
  });

  it.each(["1", "ON", "yes", "True"])("is offline with %s", (value) => {
    expect(settings({ HF_HUB_OFFLINE: value }).offline).toBe(true);
    expect(settings({ TRANSFORMERS_OFFLINE: value }).offline).toBe(true);
  });

  it.each(["0", "no", "false", ""])("is not offline with %j", (value) => {
    expect(settings({ HF_HUB_OFFLINE: value }).offline).toBe(false);
  });

  it.each([
    ["5", 5000],
    ["0.25", 250],
    ["0", 30_000],
    ["-1", 30_000],
    ["soon", 30_000],
    ["1e12", 86_400_000],
  ])("waits %s seconds", (seconds, timeout) => {
    expect(settings({ HF_HUB_DOWNLOAD_TIMEOUT: seconds }).timeout).toBe(timeout);
  });

  it.each([
    "mirror.example",
    "ftp://mirror.example",
    "https://me:s3cr3t@mirror.example",
    "https://mirror.example/?key=s3cr3t",
  ])("refuses the endpoint %s, and keeps what is secret in it", (endpoint) => {
    expect(() => settings({ HF_ENDPOINT: endpoint })).toThrow(
      expect.objectContaining({
        code: "USAGE",
        message: expect.not.stringContaining("s3cr3t") as string,
      }),
    );
  });

  it("reads proxies as curl does: small letters first, a scheme where there is none", () => {
    const { proxy } = settings({
      http_proxy: "proxy.example:3128",
      HTTP_PROXY: "http://other.example",
      ALL_PROXY: "https://all.example:1",
      no_proxy: "localhost,.example.org",
    });
    expect(proxy).toEqual({
      http: "http://proxy.example:3128/",
      https: "https://all.example:1/",
      none: "localhost,.example.org",
    });
  });

  it.each(["socks5://me:s3cr3t@proxy.example", "http://"])("refuses the proxy %s", (value) => {
    expect(() => settings({ HTTPS_PROXY: value })).toThrow(
      expect.objectContaining({ code: "USAGE", message: "the proxy is no web address" }),
    );
  });

  it("reads certificates, and says where they should have been", () => {
    writeFileSync(join(home, "ca.pem"), "PEM");
    expect(settings({ SSL_CERT_FILE: join(home, "ca.pem") }).certificates).toBe("PEM");
    expect(settings({ REQUESTS_CA_BUNDLE: join(home, "ca.pem") }).certificates).toBe("PEM");
    expect(() => settings({ SSL_CERT_FILE: join(home, "none.pem") })).toThrow(
      expect.objectContaining({
        code: "USAGE",
        message: expect.stringMatching(/^the certificates in .*none\.pem cannot be read/) as string,
      }),
    );
  });
});
