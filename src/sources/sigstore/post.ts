/** Asking a service of Sigstore something, and reading what it answers: small bodies that stay with its own origin. */

import { AppError } from "../../kernel/errors.ts";
import type { JsonValue } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import type { HttpAnswer, HttpClient, HttpRequest } from "../http/http-client.ts";

export interface Ask {
  /** For messages: `the certificate authority`. */
  readonly who: string;
  readonly client: HttpClient;
  readonly signal?: AbortSignal | undefined;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Far above any certificate, entry or timestamp. */
const LARGEST = 4 * 1024 * 1024;
/** Of what a service says about a refusal. */
const LONGEST_REASON = 300;

/** The address below a service's own. */
export function below(base: string, path: string): URL {
  return new URL(`${base.replace(/\/+$/, "")}${path}`);
}

/** Sends a request. Throws `AppError` where there is no answer or a refusal other than those that are expected. */
export async function ask(
  { who, client, signal }: Ask,
  request: HttpRequest,
  expected: readonly number[] = [],
): Promise<Reply> {
  if (request.url.protocol !== "https:" && !isHere(request.url)) {
    throw new AppError(
      "SOURCE_FORBIDDEN",
      `${who} at ${request.url.host} is not asked without TLS`,
      {
        hint: "what it is told is secret, and what it answers is believed; use https",
      },
    );
  }
  const answer = await client.send({
    ...request,
    staysAtOrigin: true,
    ...(signal === undefined ? {} : { signal }),
  });
  const body = await bodyOf(answer, who);
  const { status, headers } = answer;
  if ((status >= 200 && status < 300) || expected.includes(status)) {
    return { status, headers, body };
  }
  const reason = reasonIn(body);
  throw new AppError(
    "SOURCE_FORBIDDEN",
    `${who} at ${request.url.host} refuses (${status})${reason === "" ? "" : `: ${reason}`}`,
  );
}

/** The same with JSON both ways. */
export async function askJson(about: Ask, url: URL, body: JsonValue): Promise<JsonValue> {
  const reply = await ask(about, {
    url,
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(body),
  });
  return jsonOf(reply.body, about, url);
}

/** Throws `AppError` for what is not JSON. */
export function jsonOf(body: Buffer, { who }: Ask, url: URL): JsonValue {
  try {
    return JSON.parse(body.toString("utf8")) as JsonValue;
  } catch (error) {
    throw unusable(who, url, error);
  }
}

/** An answer that is none. */
export function unusable(who: string, url: URL, cause?: unknown): AppError {
  return new AppError("SOURCE_FORBIDDEN", `${who} at ${url.host} answers with something else`, {
    cause,
  });
}

/** Where nobody listens on the way. */
function isHere({ hostname }: URL): boolean {
  return ["localhost", "127.0.0.1", "[::1]"].includes(hostname);
}

async function bodyOf(answer: HttpAnswer, who: string): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.length;
    if (size > LARGEST) {
      answer.cancel();
      throw new AppError("SOURCE_FORBIDDEN", `${who} at ${answer.url.host} answers without end`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Services say why in `message`; proxies in front of them write pages. */
function reasonIn(body: Buffer): string {
  try {
    const { message } = JSON.parse(body.toString("utf8")) as { message?: unknown };
    return typeof message === "string" ? quote(message, LONGEST_REASON) : "";
  } catch {
    return "";
  }
}
