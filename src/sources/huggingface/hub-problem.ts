/** What a hub's refusals mean, as sentences with what to do next. */

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import type { HttpAnswer } from "../http/http-client.ts";

/** What was asked for. */
export interface Asked {
  readonly type: "models" | "datasets";
  readonly id: string;
  readonly revision?: string | undefined;
  readonly path?: string | undefined;
  readonly hasToken: boolean;
}

const LONGEST_SAYING = 300;

/** The error for an answer that is no success. */
export function hubProblem(answer: HttpAnswer, asked: Asked): AppError {
  const { status, headers, url } = answer;
  const saying = sayingOf(headers);
  const { host } = url;
  if (
    status === 401 &&
    asked.hasToken &&
    headers["x-error-code"] === undefined &&
    /credentials|token/i.test(saying)
  ) {
    return forbidden(
      `${host} does not accept the token`,
      "log in again, or set HF_TOKEN to a valid one",
    );
  }
  return byCode(answer, asked, saying) ?? byStatus(answer, asked, saying);
}

/** What the hub's own codes say. A repository that may not be seen is told of as if it were not there. */
function byCode(
  { status, headers, url }: HttpAnswer,
  asked: Asked,
  saying: string,
): AppError | undefined {
  const code = headers["x-error-code"];
  const repo = repoOf(asked);
  if (code === "GatedRepo") {
    const page = `${url.origin}/${asked.type === "datasets" ? "datasets/" : ""}${asked.id}`;
    const login = asked.hasToken ? "" : ", and set HF_TOKEN";
    return forbidden(
      `${repo} is gated: only who was let in may read its files${said(saying)}`,
      `ask for access on ${page}${login}`,
    );
  }
  if (code === "RevisionNotFound") {
    return notFound(`${repo} has no revision ${quote(asked.revision ?? "main")}`);
  }
  if (code === "EntryNotFound") {
    return notFound(`${repo} has no ${quote(asked.path ?? "")} at that revision`);
  }
  if (status === 401 || code === "RepoNotFound") {
    return notFound(
      `${url.host} has not got ${repo}`,
      asked.hasToken
        ? "check the name, and whether the token may see it"
        : "check the name; if it is private, set HF_TOKEN",
    );
  }
  return undefined;
}

function byStatus({ status, headers, url }: HttpAnswer, asked: Asked, saying: string): AppError {
  const { host } = url;
  switch (status) {
    case 403:
      return forbidden(
        `${host} refuses ${repoOf(asked)}${said(saying)}`,
        asked.hasToken ? "the token may lack a permission" : "a token may help: set HF_TOKEN",
      );
    case 404:
      return notFound(
        `${host} knows nothing of ${repoOf(asked)}${said(saying)}`,
        "check HF_ENDPOINT: the answer is none of a Hugging Face hub",
      );
    case 429: {
      const wait = headers["retry-after"];
      const until = wait === undefined ? "" : `; it asks to wait (Retry-After: ${quote(wait)})`;
      return forbidden(
        `${host} takes no more requests for now${until}`,
        asked.hasToken
          ? "try again later"
          : "try again later, or set HF_TOKEN, which raises the limit",
      );
    }
    default:
      return new AppError(
        "SOURCE_UNREADABLE",
        `${host} answers with status ${status}${said(saying)}`,
        { hint: status >= 500 ? "the hub has a problem: try again later" : "check HF_ENDPOINT" },
      );
  }
}

function repoOf({ type, id }: Asked): string {
  return `${type === "datasets" ? "the dataset" : "the model"} ${id}`;
}

function notFound(message: string, hint?: string): AppError {
  return new AppError("SOURCE_NOT_FOUND", message, hint === undefined ? {} : { hint });
}

function forbidden(message: string, hint: string): AppError {
  return new AppError("SOURCE_FORBIDDEN", message, { hint });
}

function sayingOf(headers: Readonly<Record<string, string>>): string {
  return (headers["x-error-message"] ?? "").slice(0, LONGEST_SAYING);
}

function said(saying: string): string {
  return saying === "" ? "" : `; it says ${quote(saying)}`;
}
