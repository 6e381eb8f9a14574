// Logging in by a browser, against a provider on loopback.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { httpClient } from "../../src/sources/http/http-client.ts";
import type { HttpClient } from "../../src/sources/http/http-client.ts";
import { logInByBrowser } from "../../src/sources/sigstore/browser-login.ts";
import { browse, startProvider } from "./provider.ts";
import type { Provider, ProviderFault } from "./provider.ts";
import { claimsOf, MAIL } from "./token.ts";

let provider: Provider;
let client: HttpClient;

beforeEach(async () => {
  provider = await startProvider();
  client = httpClient({ userAgent: "test", timeout: 5000, retries: 0 });
});
afterEach(async () => {
  provider.close();
  await client.close();
});

const logIn = (show: (address: string) => void, signal?: AbortSignal) =>
  logInByBrowser({ provider: provider.url, clientId: "sigstore", show }, { client, signal });

describe("a login by a browser", () => {
  it("gives the token of whoever logged in", async () => {
    let page: Promise<string> | undefined;
    const token = await logIn((address) => {
      page = browse(address);
    });

    expect(claimsOf(token).email).toBe(MAIL);
    expect(await page).toBe("You are logged in. This page can be closed.\n");
  });

  it("asks with a proof key, and for what is needed alone", async () => {
    let asked = new URLSearchParams();
    await logIn((address) => {
      asked = new URL(address).searchParams;
      void browse(address);
    });

    expect(Object.fromEntries(asked)).toMatchObject({
      response_type: "code",
      scope: "openid email",
      code_challenge_method: "S256",
      redirect_uri: expect.stringMatching(/^http:\/\/localhost:\d+\/auth\/callback$/) as string,
    });
    expect(asked.get("state")).toHaveLength(43);
    expect(asked.get("nonce")).not.toBe(asked.get("state"));
  });

  it("takes no answer of somebody who does not know its state", async () => {
    const token = await logIn((address) => {
      const callback = new URL(address).searchParams.get("redirect_uri") ?? "";
      void (async () => {
        for (const query of ["", "?code=evil", "?code=evil&state=guessed", "?error=no&state=x"]) {
          expect(await browse(`${callback}${query}`)).toBe("There is nothing here.\n");
        }
        await browse(address);
      })();
    });

    expect(claimsOf(token).email).toBe(MAIL);
  });

  it.each<[ProviderFault, string]>([
    ["refuses", String.raw`the identity provider refuses: "access_denied\x1b[31m"`],
    ["other issuer", "answers with something else"],
    ["other nonce", "answers another login"],
    ["no token", "answers with something else"],
  ])("fails where the provider has a fault (%s)", async (fault, message) => {
    provider.fault = fault;
    await expect(logIn((address) => void browse(address))).rejects.toThrow(message);
  });

  it("ends when the user gives up", async () => {
    const abort = new AbortController();
    await expect(logIn(() => abort.abort(), abort.signal)).rejects.toMatchObject({
      code: "ABORTED",
    });
  });

  it("is not begun without TLS, but on this machine", async () => {
    const login = { provider: "http://issuer.example/auth", clientId: "x", show: () => undefined };
    await expect(logInByBrowser(login, { client })).rejects.toThrow("without TLS");
  });
});
