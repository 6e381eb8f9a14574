/**
 * One file behind a web address, as a tree. Where the server serves ranges it is read by them; where not, it is
 * read once from front to end and kept, as standard input is.
 */

import { AppError } from "../../kernel/errors.ts";
import type { Tree, TreeFile } from "../../kernel/tree.ts";
import { streamTree } from "../local/stream-tree.ts";
import type { HttpAnswer, HttpClient } from "./http-client.ts";
import { checkRangeAnswer, contentRange, rangeHeader, strongTag } from "./range-answer.ts";
import type { AskRange } from "./range-source.ts";
import { openRemote } from "./remote-file.ts";
import { checkNoPassword, shownAddress } from "./shown-address.ts";
import { signedLink } from "./signed-link.ts";

/** The first request asks for one byte: how long the file is, and whether there are ranges. */
const PROBE = 1;

export interface UrlTreeOptions {
  readonly client: HttpClient;
  readonly full: boolean;
  readonly signal?: AbortSignal;
}

export function isUrlTarget(target: string): boolean {
  return /^https?:\/\//i.test(target);
}

/** Asks the server once. Throws `AppError` where there is nothing to be had. */
export async function urlTree(target: string, options: UrlTreeOptions): Promise<Tree> {
  const url = parse(target);
  const ref = shownAddress(target);
  const path = nameOf(url);
  const answer = await send(url, 0, PROBE, options);
  if (answer.status === 206) {
    answer.cancel();
    const range = contentRange(answer.headers["content-range"]);
    if (range === undefined || range.start !== 0) {
      throw new AppError("SOURCE_CHANGED", `${url.host} does not say how long the file is`);
    }
    const ask = asker(url, answer, range.total, options);
    return rangedTree({ ref, path, size: range.total, ask, full: options.full });
  }
  if (answer.status !== 200 && answer.status !== 416) {
    answer.cancel();
    throw refusal(url, answer);
  }
  if (answer.status === 416) {
    // No byte at all: the file is empty.
    answer.cancel();
  }
  const chunks = () => (answer.status === 416 ? nothing() : answer.body);
  return streamTree({ kind: "url", ref, path, chunks });
}

async function* nothing(): AsyncGenerator<Uint8Array, void, void> {
  // Empty.
}

function rangedTree(file: {
  readonly ref: string;
  readonly path: string;
  readonly size: number;
  readonly ask: AskRange;
  readonly full: boolean;
}): Tree {
  const { ref, path, size, ask, full } = file;
  return {
    kind: "url",
    ref,
    isRemote: true,
    async *list(): AsyncGenerator<TreeFile> {
      yield {
        rawName: Buffer.from(path),
        path,
        kind: "file",
        size,
        identity: undefined,
        open: () => openRemote({ name: path, size, ask, full }),
      };
    },
  };
}

/**
 * Asks where the first answer came from, as long as that address serves, and insists on the same file.
 */
function asker(url: URL, first: HttpAnswer, size: number, options: UrlTreeOptions): AskRange {
  const tag = strongTag(first.headers["etag"]);
  const modified = first.headers["last-modified"];
  const ask = signedLink({
    send: (from, start, end) => send(from, start, end, options),
    home: url,
    led: first.url,
  });
  return async (start, end) => {
    const answer = await ask(start, end);
    try {
      if (answer.status !== 206 && answer.status !== 200) {
        throw refusal(url, answer);
      }
      checkRangeAnswer(answer, { start, end, size });
      const isSame =
        strongTag(answer.headers["etag"]) === tag && answer.headers["last-modified"] === modified;
      if (!isSame) {
        throw new AppError("SOURCE_CHANGED", `${url.host} exchanged the file while it was read`, {
          hint: "scan again",
        });
      }
    } catch (error) {
      answer.cancel();
      throw error;
    }
    return answer;
  };
}

function send(
  url: URL,
  start: number,
  end: number,
  { client, signal }: UrlTreeOptions,
): Promise<HttpAnswer> {
  return client.send({
    url,
    headers: { range: rangeHeader(start, end) },
    ...(signal === undefined ? {} : { signal }),
  });
}

function parse(target: string): URL {
  if (!URL.canParse(target)) {
    throw new AppError("USAGE", `${shownAddress(target)} is no web address`);
  }
  checkNoPassword(target);
  return new URL(target);
}

/** The last step of the address; a loader would keep the file under that name. */
function nameOf({ pathname, host }: URL): string {
  const last = pathname.split("/").findLast((step) => step !== "") ?? host;
  try {
    return decodeURIComponent(last).replaceAll("/", "_");
  } catch {
    return last;
  }
}

function refusal({ host, pathname }: URL, { status }: HttpAnswer): AppError {
  if (status === 404 || status === 410) {
    return new AppError(
      "SOURCE_NOT_FOUND",
      `${host} has nothing at ${pathname} (status ${status})`,
    );
  }
  return new AppError(
    status === 401 || status === 403 ? "SOURCE_FORBIDDEN" : "SOURCE_UNREADABLE",
    `${host} answers with status ${status} for ${pathname}`,
    status === 401 || status === 403
      ? { hint: "for files that need a password: curl … | weighbridge scan -" }
      : {},
  );
}
