/**
 * The content of one file of a commit, by ranges. The hub sends on to another origin for large files, with
 * an address that is good for a while: it is used until it is refused. What is served has to be what the
 * list of files promised: of that commit, with that object id, and the same from request to request.
 */

import { AppError } from "../../kernel/errors.ts";
import type { HttpAnswer, HttpClient } from "../http/http-client.ts";
import { checkRangeAnswer, rangeHeader, strongTag } from "../http/range-answer.ts";
import type { AskRange } from "../http/range-source.ts";
import { signedLink } from "../http/signed-link.ts";
import type { HubApi, HubEntry } from "./hub-api.ts";
import { hubProblem } from "./hub-problem.ts";
import type { HubPlace } from "./hub-target.ts";

export interface HubContentOptions {
  readonly client: HttpClient;
  readonly api: HubApi;
  readonly place: HubPlace;
  readonly commit: string;
  readonly entry: HubEntry;
  readonly signal?: AbortSignal | undefined;
}

/** Throws `AppError`: what the hub refuses, SOURCE_CHANGED for bytes that are not those of the list. */
export function hubContent(options: HubContentOptions): AskRange {
  const { client, api, place, commit, entry, signal } = options;
  const { path, size } = entry;
  const { token } = api.settings;
  const home = api.resolveUrl(place, commit, path);
  let tag: string | undefined;

  const send = (url: URL, start: number, end: number): Promise<HttpAnswer> =>
    client.send({
      url,
      headers: start === 0 && end === size ? {} : { range: rangeHeader(start, end) },
      ...(token === undefined || url !== home ? {} : { token }),
      ...(signal === undefined ? {} : { signal }),
    });

  const check = (answer: HttpAnswer): void => checkPromises(answer, { path, commit, entry });
  const ask = signedLink({ send, home, check });

  return async (start, end) => {
    if (end <= start) {
      return { body: nothing(), cancel: () => undefined };
    }
    const answer = await ask(start, end);
    try {
      if (answer.status !== 200 && answer.status !== 206) {
        throw hubProblem(answer, {
          ...place,
          revision: commit,
          path,
          hasToken: token !== undefined,
        });
      }
      checkRangeAnswer(answer, { start, end, size });
      const now = strongTag(answer.headers["etag"]);
      if (tag !== undefined && now !== undefined && tag !== now) {
        throw changed(path, "changed while it was read");
      }
      tag ??= now;
    } catch (error) {
      answer.cancel();
      throw error;
    }
    return { ...answer, isWhole: answer.status === 200 };
  };
}

/** What the hub's own answers say about the file, the redirects among them. */
function checkPromises(
  { headers, hops, status }: HttpAnswer,
  { path, commit, entry }: { path: string; commit: string; entry: HubEntry },
): void {
  const expected = entry.sha256 ?? entry.oid;
  for (const said of status < 400 ? [...hops, headers] : []) {
    const ofCommit = said["x-repo-commit"];
    if (ofCommit !== undefined && ofCommit !== commit) {
      throw changed(path, `is served from commit ${ofCommit}, and not from ${commit}`);
    }
    const tag = strongTag(
      said["x-linked-etag"] ?? (ofCommit === undefined ? undefined : said["etag"]),
    );
    if (tag !== undefined && /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(tag) && tag !== expected) {
      throw changed(path, `is served as object ${tag}, and was listed as ${expected}`);
    }
  }
}

function changed(path: string, what: string): AppError {
  return new AppError("SOURCE_CHANGED", `${path} ${what}`, {
    hint: "scan again; if it stays so, do not trust the hub or the mirror in between",
  });
}

async function* nothing(): AsyncGenerator<Uint8Array, void, void> {
  // An empty file is not asked for: there is no range in it.
}
