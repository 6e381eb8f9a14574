/**
 * The read side of a hub's API: a revision to its commit, and the files of a commit, page by page. Nothing that comes
 * back is believed before it is checked: names, sizes and links are those of whoever runs the hub.
 */

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import type { HttpAnswer, HttpClient } from "../http/http-client.ts";
import { hubProblem } from "./hub-problem.ts";
import { isRepositoryId, pathSegments, segment } from "./hub-target.ts";
import type { HubPlace } from "./hub-target.ts";

/** A page of a thousand entries takes some 400 kB. */
const LARGEST_ANSWER = 16 * 1024 * 1024;
/** The hub itself advises to stay below 100,000 files. */
const MOST_ENTRIES = 1_000_000;
/** Some hubs have pages of fifty. */
const MOST_PAGES = 5000;
const ATTEMPTS = 4;

export interface HubSettings {
  /** Where the hub is; may have a path. */
  readonly endpoint: URL;
  readonly token?: string;
}

export interface HubEntry {
  readonly path: string;
  readonly size: number;
  /** Git object id of the file, or of its LFS pointer. */
  readonly oid: string;
  /** Of files that Git LFS keeps. */
  readonly sha256?: string;
}

interface JsonAnswer {
  readonly answer: HttpAnswer;
  readonly content: unknown;
}

type AskedOf = Omit<HubPlace, "path"> & { readonly path?: string | undefined };

export class HubApi {
  readonly settings: HubSettings;
  readonly #client: HttpClient;

  constructor(client: HttpClient, settings: HubSettings) {
    this.#client = client;
    this.settings = settings;
  }

  /** The commit that a place's revision means now, and the id that the hub gives the repository. */
  async commit(place: HubPlace, signal?: AbortSignal): Promise<{ id: string; commit: string }> {
    const revision = place.revision ?? "main";
    const { answer, content } = await this.#json(
      `api/${place.type}/${place.id}/revision/${segment(revision)}`,
      { ...place, path: undefined },
      signal,
    );
    const info = record(content, answer);
    const commit = info["sha"];
    if (typeof commit !== "string" || !/^[0-9a-f]{40}$/.test(commit)) {
      throw odd(answer, "names no commit for the revision");
    }
    const { id = place.id } = info;
    // It becomes part of every address from here on.
    if (typeof id !== "string" || !isRepositoryId(id)) {
      throw odd(answer, "calls the repository what none can be called");
    }
    return { id, commit };
  }

  /** What the path is in the commit: a file, a folder, or nothing. */
  async entry(
    place: HubPlace,
    commit: string,
    signal?: AbortSignal,
  ): Promise<HubEntry | "folder" | undefined> {
    const { answer, content } = await this.#json(
      `api/${place.type}/${place.id}/paths-info/${commit}`,
      { ...place, revision: commit },
      signal,
      JSON.stringify({ paths: [place.path], expand: false }),
    );
    const [first] = Array.isArray(content) ? (content as unknown[]) : [];
    if (first === undefined) {
      return undefined;
    }
    const entry = record(first, answer);
    if (entry["path"] !== place.path) {
      throw odd(answer, `was asked for ${quote(place.path)} and speaks of something else`);
    }
    return fileEntry(entry, answer) ?? "folder";
  }

  /** The files below a folder of the commit, in the hub's order. */
  async *files(
    { type, id }: HubPlace,
    commit: string,
    folder: string,
    signal?: AbortSignal,
  ): AsyncGenerator<HubEntry> {
    const inside = folder === "" ? "" : `/${pathSegments(folder)}`;
    let next: string | undefined =
      `api/${type}/${id}/tree/${commit}${inside}?recursive=true&expand=false`;
    const pages = new Set<string>();
    let count = 0;
    while (next !== undefined) {
      pages.add(next);
      const asked = { type, id, revision: commit, path: folder };
      const { answer, content }: JsonAnswer = await this.#json(next, asked, signal);
      if (!Array.isArray(content)) {
        throw odd(answer, "lists files in another form than hubs do");
      }
      for (const entry of content as unknown[]) {
        count += 1;
        if (count > MOST_ENTRIES) {
          throw odd(answer, `lists more than ${MOST_ENTRIES} files`);
        }
        const file = fileEntry(record(entry, answer), answer);
        if (file !== undefined) {
          yield file;
        }
      }
      next = this.#nextPage(answer);
      if (next !== undefined && pages.has(next)) {
        throw odd(answer, "lists its files in a circle");
      }
      if (next !== undefined && (content.length === 0 || pages.size >= MOST_PAGES)) {
        throw odd(answer, "lists its files on pages without an end");
      }
    }
  }

  /** Where a file's content is to be had. */
  resolveUrl({ type, id }: HubPlace, commit: string, path: string): URL {
    const prefix = type === "datasets" ? "datasets/" : "";
    return this.#url(`${prefix}${id}/resolve/${commit}/${pathSegments(path)}`);
  }

  /** The page after this one, as a path below the endpoint; a link to anywhere else is not followed. */
  #nextPage({ headers, url }: HttpAnswer): string | undefined {
    const link = nextLink(headers["link"] ?? "");
    if (link === undefined) {
      return undefined;
    }
    const base = this.#url("").href;
    const next = URL.canParse(link, url.href) ? new URL(link, url).href : "";
    if (!next.startsWith(base)) {
      throw new AppError(
        "SOURCE_FORBIDDEN",
        `${url.host} sends on to ${quote(link)} for the rest of its list, which is another place`,
        { hint: "check HF_ENDPOINT: a mirror has to rewrite these links" },
      );
    }
    return next.slice(base.length);
  }

  #url(path: string): URL {
    const { endpoint } = this.settings;
    return new URL(`${endpoint.href.replace(/\/*$/, "/")}${path}`);
  }

  /** Asks again where the connection breaks in the middle of the answer. */
  async #json(
    path: string,
    asked: AskedOf,
    signal: AbortSignal | undefined,
    body?: string,
  ): Promise<JsonAnswer> {
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.#send(path, asked, signal, body);
      try {
        return { answer, content: await readJson(answer) };
      } catch (error) {
        const isBroken = error instanceof AppError && error.code === "SOURCE_UNREADABLE";
        if (!isBroken || attempt === ATTEMPTS) {
          throw error;
        }
      }
    }
  }

  async #send(
    path: string,
    asked: AskedOf,
    signal: AbortSignal | undefined,
    body?: string,
  ): Promise<HttpAnswer> {
    const { token } = this.settings;
    const answer = await this.#client.send({
      url: this.#url(path),
      headers: {
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { method: "POST", body }),
      ...(token === undefined ? {} : { token }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (answer.status !== 200) {
      answer.cancel();
      throw hubProblem(answer, { ...asked, hasToken: token !== undefined });
    }
    return answer;
  }
}

/** The target of the link with the relation `next` (RFC 8288 3), whatever other links and parameters there are. */
function nextLink(value: string): string | undefined {
  const links = value.matchAll(
    /<([^>]*)>((?:\s*;\s*[^\s;,="]+(?:\s*=\s*(?:"[^"]*"|[^\s;,"]*))?)*)/g,
  );
  for (const [, target = "", parameters = ""] of links) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next(?:[\s;]|$))/i.test(parameters)) {
      return target;
    }
  }
  return undefined;
}

async function readJson(answer: HttpAnswer): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.length;
    if (size > LARGEST_ANSWER) {
      answer.cancel();
      throw odd(answer, "answers with more than 16 MiB");
    }
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
  } catch {
    throw odd(answer, "answers with something that is no JSON");
  }
}

function record(value: unknown, answer: HttpAnswer): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw odd(answer, "answers in another form than hubs do");
  }
  return value as Readonly<Record<string, unknown>>;
}

/** Nothing for a folder. A path is taken as it is: whether it is one to open is for the tree to say. */
function fileEntry(
  entry: Readonly<Record<string, unknown>>,
  answer: HttpAnswer,
): HubEntry | undefined {
  const { type, path, size, oid, lfs } = entry;
  if (type === "directory") {
    return undefined;
  }
  const isSound =
    type === "file" &&
    typeof path === "string" &&
    path !== "" &&
    typeof size === "number" &&
    Number.isSafeInteger(size) &&
    size >= 0 &&
    typeof oid === "string" &&
    /^[0-9a-f]{40}$/.test(oid);
  if (!isSound) {
    throw odd(
      answer,
      `lists a file with a field that cannot be: ${quote(JSON.stringify(entry).slice(0, 200))}`,
    );
  }
  if (lfs === undefined || lfs === null) {
    return { path, size, oid };
  }
  const sha256 = record(lfs, answer)["oid"];
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw odd(answer, `names no SHA-256 for ${quote(path)}`);
  }
  if (record(lfs, answer)["size"] !== size) {
    throw odd(answer, `names two sizes for ${quote(path)}`);
  }
  return { path, size, oid, sha256 };
}

function odd({ url }: HttpAnswer, what: string): AppError {
  return new AppError("SOURCE_CHANGED", `${url.host} ${what}`, {
    hint: "check HF_ENDPOINT; a mirror or proxy in between may be at fault",
  });
}
