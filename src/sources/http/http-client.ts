/**
 * The one way out to the network: GET, HEAD and POST over HTTP/1.1 with retries, redirects and bounded waits, on
 * undici. Redirects are followed by hand, because each hop decides whether the token may come along: never
 * to another origin, nor back from one. Bodies come as they are; compression is refused, since it would hide their length.
 *
 * RFC 9110 (semantics, ranges, Retry-After), RFC 6585 (429).
 */

import { Agent, EnvHttpProxyAgent, request } from "undici";
import type { Dispatcher } from "undici";

import { AppError } from "../../kernel/errors.ts";
import { failureSentence, mayPass } from "./failure.ts";
import { isTransient, pause, retryDelay } from "./retry.ts";

const MAX_HOPS = 5;
/** What a redirect says to people. */
const LARGEST_ASIDE = 64 * 1024;

export interface HttpSettings {
  /** Sent with every request; names program and version. */
  readonly userAgent: string;
  /** Milliseconds without a byte, or without an answer, after which a request has failed. */
  readonly timeout: number;
  /** Times that a request is sent again after it failed in a way that may pass. */
  readonly retries: number;
  /** Certificates in PEM that are trusted in place of those that Node brings. */
  readonly certificates?: string;
  readonly proxy?: ProxySettings;
  /** How the time between two attempts passes. */
  readonly wait?: typeof pause;
}

/** As curl and everybody reads `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`. */
export interface ProxySettings {
  readonly http?: string;
  readonly https?: string;
  readonly none?: string;
}

export interface HttpRequest {
  readonly url: URL;
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For bodies that are secret: a redirect to another origin is refused and not followed. */
  readonly staysAtOrigin?: boolean;
  /** Goes to the origin of `url` and to no other. */
  readonly token?: string;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; several values are joined by commas (RFC 9110 5.3). */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers of the redirects that led here, the first one first. */
  readonly hops: readonly Readonly<Record<string, string>>[];
  /** Where the answer really comes from. */
  readonly url: URL;
  /** Breaks off with an `AppError` when the connection does. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the transfer; the body must not be read any more. */
  cancel(): void;
}

export interface HttpClient {
  /**
   * Sends a request, again where that may help. Any status but the transient ones comes back as an answer; throws
   * `AppError` SOURCE_UNREADABLE where there is none, and ABORTED.
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export function httpClient(settings: HttpSettings): HttpClient {
  const roads = makeRoads(settings);
  const { wait = pause } = settings;
  return {
    async send(wanted) {
      for (let attempt = 0; ; attempt += 1) {
        const outcome = await sendOnce(wanted, roads, settings);
        const isLast = attempt >= settings.retries;
        if (!(outcome instanceof AppError)) {
          const delay = isTransient(outcome.status) ? retryDelay(attempt, outcome.headers) : -1;
          if (delay < 0 || isLast) {
            return outcome;
          }
          outcome.cancel();
          await wait(delay, wanted.signal);
        } else if (isLast || outcome.code !== "SOURCE_UNREADABLE") {
          throw outcome;
        } else {
          await wait(retryDelay(attempt), wanted.signal);
        }
      }
    },
    close: () => roads.close(),
  };
}

/** The ways out: by the proxies, and past them. */
interface Roads {
  to(url: URL): Dispatcher;
  close(): Promise<void>;
}

function makeRoads({ timeout, certificates, proxy = {} }: HttpSettings): Roads {
  const connect = { timeout, ...(certificates === undefined ? {} : { ca: certificates }) };
  const options: Agent.Options = {
    headersTimeout: timeout,
    bodyTimeout: timeout,
    connect,
    // Lengths, ends and breaks of bodies mean what RFC 9112 says.
    allowH2: false,
    // Enough to read ahead; a hub answers more with 429.
    connections: 8,
  };
  const { http, https, none = "" } = proxy;
  const direct = new Agent(options);
  if (http === undefined && https === undefined) {
    return { to: () => direct, close: () => direct.destroy() };
  }
  // An empty one keeps undici from the environment, and would leave https to the proxy for http.
  const proxies = { httpProxy: http ?? "", httpsProxy: https ?? "", noProxy: none };
  const tls = { requestTls: connect, proxyTls: connect };
  const proxied = new EnvHttpProxyAgent({ ...options, ...tls, ...proxies });
  return {
    to: ({ protocol }) => (protocol === "https:" && https === undefined ? direct : proxied),
    async close() {
      await Promise.all([direct.destroy(), proxied.destroy()]);
    },
  };
}

/** One attempt with all its redirects. Gives errors that may pass, throws nothing else. */
async function sendOnce(
  wanted: HttpRequest,
  roads: Roads,
  settings: HttpSettings,
): Promise<HttpAnswer | AppError> {
  const hops: Readonly<Record<string, string>>[] = [];
  let { url, token } = wanted;
  for (;;) {
    const answer = await ask(url, { ...wanted, token }, roads.to(url), settings).catch(
      (error: unknown) => asAppError(error, url, wanted.signal),
    );
    if (answer instanceof AppError) {
      return answer;
    }
    // Left unread, a body complains to nobody.
    answer.body.on("error", () => undefined);
    const headers = flat(answer.headers);
    const { location } = headers;
    const isRedirect = answer.statusCode >= 300 && answer.statusCode < 400;
    if (!isRedirect || location === undefined) {
      return makeAnswer(answer, { url, headers, hops }, wanted.signal);
    }
    // The few bytes beside a redirect are taken, so that the connection can be used again.
    await answer.body.dump({ limit: LARGEST_ASIDE }).catch(() => undefined);
    hops.push(headers);
    const next = nextHop(url, location, hops.length);
    if (next instanceof AppError) {
      return next;
    }
    if (wanted.staysAtOrigin === true && next.origin !== url.origin) {
      return new AppError("SOURCE_FORBIDDEN", `${url.origin} redirects to ${next.origin}`);
    }
    // Nobody else decides where on its own origin the token goes.
    token = next.origin === url.origin ? token : undefined;
    url = next;
  }
}

function nextHop(from: URL, location: string, hops: number): URL | AppError {
  const refuse = (message: string): AppError =>
    new AppError("SOURCE_FORBIDDEN", `${from.origin} ${message}`);
  if (hops > MAX_HOPS) {
    return refuse(`redirects more than ${MAX_HOPS} times`);
  }
  const next = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (next === undefined || (next.protocol !== "https:" && next.protocol !== "http:")) {
    return refuse("redirects to what is no web address");
  }
  return from.protocol === "https:" && next.protocol === "http:"
    ? refuse(`redirects from https to http (${next.host})`)
    : next;
}

function ask(
  url: URL,
  {
    method = "GET",
    headers,
    body,
    token,
    signal,
  }: Omit<HttpRequest, "token"> & { token: string | undefined },
  dispatcher: Dispatcher,
  { userAgent }: HttpSettings,
): Promise<Dispatcher.ResponseData> {
  return request(url, {
    dispatcher,
    method,
    headers: {
      "user-agent": userAgent,
      "accept-encoding": "identity",
      ...headers,
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });
}

function makeAnswer(
  { statusCode, body }: Dispatcher.ResponseData,
  about: Pick<HttpAnswer, "url" | "headers" | "hops">,
  signal: AbortSignal | undefined,
): HttpAnswer | AppError {
  const encoding = about.headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    body.destroy();
    return new AppError(
      "SOURCE_FORBIDDEN",
      `${about.url.host} answers in ${encoding}, though the plain bytes were asked for`,
      { hint: "turn compression off in the mirror or proxy" },
    );
  }
  return {
    ...about,
    status: statusCode,
    body: guarded(body, about.url, signal),
    cancel: () => void body.destroy(),
  };
}

async function* guarded(
  body: AsyncIterable<unknown>,
  url: URL,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    for await (const chunk of body) {
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw asAppError(error, url, signal);
  }
}

function asAppError(error: unknown, url: URL, signal: AbortSignal | undefined): AppError {
  if (error instanceof AppError) {
    return error;
  }
  return signal?.aborted === true
    ? new AppError("ABORTED", "interrupted", { cause: error })
    : new AppError(
        mayPass(error) ? "SOURCE_UNREADABLE" : "SOURCE_FORBIDDEN",
        failureSentence(error, url),
        { cause: error },
      );
}

function flat(headers: Dispatcher.ResponseData["headers"]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) {
      result[name.toLowerCase()] = Array.isArray(value) ? value.join(", ") : value;
    }
  }
  return result;
}
