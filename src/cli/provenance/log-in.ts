/** Who signs: a token that the user has, the identity of the place, or whoever logs in by a browser. */

import { readFileSync } from "node:fs";

import { AppError } from "../../kernel/errors.ts";
import { escapeText } from "../../kernel/text.ts";
import { AUDIENCE, readIdentityToken } from "../../provenance/sigstore/identity-token.ts";
import type { IdentityToken } from "../../provenance/sigstore/identity-token.ts";
import type { ChosenServices } from "../../provenance/sigstore/signing-config.ts";
import type { HttpClient } from "../../sources/http/http-client.ts";
import { ambientToken } from "../../sources/sigstore/ambient-token.ts";
import type { IdentitySource } from "../../sources/sigstore/ambient-token.ts";
import type { Arguments } from "../command.ts";
import { ambientIdentity } from "../config/identity.ts";
import type { Terminal } from "../terminal.ts";
import { readNamedFile } from "./model-target.ts";

const STANDARD_INPUT = "-";
const LARGEST_TOKEN = 64 * 1024;

/** Throws `AppError` USAGE where nobody is logged in, and nobody is there to do so. */
export function identitySource(
  given: Arguments,
  terminal: Terminal,
  { identityProvider }: ChosenServices,
): IdentitySource {
  const token = given.value("identity-token");
  const file = given.value("identity-token-file");
  if (token !== undefined && file !== undefined) {
    throw new AppError("USAGE", "--identity-token and --identity-token-file exclude each other");
  }
  if (token !== undefined) {
    return { kind: "token", token };
  }
  if (file !== undefined) {
    return { kind: "file", file };
  }
  const isForced = given.has("browser");
  const ambient = isForced ? undefined : ambientIdentity();
  if (ambient !== undefined) {
    return ambient;
  }
  const hasUser = isForced || (terminal.err.isTty && !given.has("use-ambient-credentials"));
  if (hasUser && identityProvider !== undefined) {
    return { kind: "browser" };
  }
  throw new AppError("USAGE", "nobody is logged in here: there is no identity token", {
    hint: hasUser
      ? "this instance names no place to log in at: --identity-token-file FILE"
      : "--identity-token-file FILE, SIGSTORE_ID_TOKEN, --browser, or a workflow with id-token: write",
  });
}

export interface Login {
  readonly given: Arguments;
  readonly terminal: Terminal;
  readonly services: ChosenServices;
  readonly client: HttpClient;
  readonly signal: AbortSignal;
}

/** Gives a token that a certificate can be had for. Throws `AppError` where there is none to be had. */
export async function logIn(source: IdentitySource, login: Login): Promise<IdentityToken> {
  const { client, signal } = login;
  const text =
    source.kind === "browser"
      ? await browserToken(login)
      : await ambientToken(source, readToken, { client, signal });
  const read = readIdentityToken(text, Date.now() / 1000);
  if (read.kind === "refused") {
    throw new AppError("USAGE", `the identity token is of no use: ${read.reason}`);
  }
  return read.token;
}

async function browserToken({ given, terminal, services, client, signal }: Login): Promise<string> {
  const { logInByBrowser } = await import("../../sources/sigstore/browser-login.ts");
  return await logInByBrowser(
    {
      provider: services.identityProvider ?? "",
      clientId: given.value("client-id") ?? AUDIENCE,
      show: (address) =>
        terminal.err.write(`open this in a browser to log in:\n\n  ${escapeText(address)}\n\n`),
    },
    { client, signal },
  );
}

function readToken(path: string): string {
  const bytes =
    path === STANDARD_INPUT
      ? readFileSync(0)
      : readNamedFile(path, "the identity token", LARGEST_TOKEN);
  return Buffer.from(bytes).toString("utf8");
}
