/**
 * How a place on a Hugging Face hub is written: `hf:[datasets/]org/name[@revision][/path]`, as `HfFileSystem`
 * of huggingface_hub reads what follows `hf://`. A revision is one segment, its slashes written `%2F`;
 * only `refs/pr/1` and `refs/convert/parquet` may be written out.
 */

import { AppError } from "../../kernel/errors.ts";

export interface HubPlace {
  readonly type: "models" | "datasets";
  /** `org/name`, or `name` for the oldest models. */
  readonly id: string;
  /** A branch, tag, pull request or commit; the main branch where nothing is said. */
  readonly revision: string | undefined;
  /** Of a file or a folder in the repository; empty for all of it. */
  readonly path: string;
}

/** Length 1 to 96; word characters, `-` and `.`; no `--`, `..` or `.git` at the end. */
const NAME = /^(?!.*(?:--|\.\.))(?!.*\.git$)[\w](?:[\w.-]{0,94}\w)?$/;
const SPECIAL = /^(refs\/convert\/[\w-]+|refs\/pr\/\d+)(?:\/|$)/;
const LONGEST_PATH = 2000;
const LONGEST_REVISION = 255;

/** Whether a target is written as a place on a hub. */
export function isHubTarget(target: string): boolean {
  return /^hf:/i.test(target);
}

/**
 * The places that a target may mean, the likely one first: `hf:a/b` is the repository `a/b`, and where there is
 * none the file `b` of the repository `a`. Throws `AppError` USAGE.
 */
export function parseHubTarget(target: string): readonly [HubPlace, ...HubPlace[]] {
  const text = target.replace(/^hf:(?:\/\/)?/i, "").replace(/\/+$/, "");
  const type = text.startsWith("datasets/") ? "datasets" : "models";
  const inside = text.replace(/^(?:datasets|models)\//, "");
  if (text.startsWith("spaces/") || text.startsWith("buckets/")) {
    throw usage(target, "only models and datasets can be scanned");
  }
  const at = /^([^/@]+(?:\/[^/@]+)?)@(.+)$/.exec(inside);
  if (at !== null) {
    const [, id = "", rest = ""] = at;
    const revision = SPECIAL.exec(rest)?.[1] ?? rest.split("/", 1)[0] ?? "";
    const path = rest.slice(revision.length + 1);
    return [checked(target, { type, id, revision: decode(target, revision), path })];
  }
  const [first = "", second, ...rest] = inside.split("/");
  if (second === undefined) {
    return [checked(target, { type, id: first, revision: undefined, path: "" })];
  }
  const path = rest.join("/");
  const named = checked(target, { type, id: `${first}/${second}`, revision: undefined, path });
  const short = {
    type,
    id: first,
    revision: undefined,
    path: [second, ...rest].join("/"),
  } as const;
  return type === "models" ? [named, short] : [named];
}

/** Whether a name is one that a hub gives to repositories. */
export function isRepositoryId(id: string): boolean {
  const names = id.split("/");
  return names.length <= 2 && names.every((name) => NAME.test(name));
}

function checked(target: string, place: HubPlace): HubPlace {
  const { id, revision, path } = place;
  if (!isRepositoryId(id)) {
    throw usage(target, `${id || "nothing"} is no name of a repository`);
  }
  if (revision !== undefined && (revision === "" || revision.length > LONGEST_REVISION)) {
    throw usage(target, "the revision after @ is missing or too long");
  }
  if (revision !== undefined && !isSafePath(revision)) {
    throw usage(target, "the revision after @ leads nowhere");
  }
  if (!isSafePath(path) && path !== "") {
    throw usage(target, "the path leads nowhere in a repository");
  }
  return place;
}

/** Whether a path of a repository names something in it and nothing outside. */
export function isSafePath(path: string): boolean {
  return (
    path.length <= LONGEST_PATH &&
    !path.includes("\0") &&
    // A half of a character cannot be asked for.
    path.isWellFormed() &&
    path.split("/").every((step) => step !== "" && step !== "." && step !== "..")
  );
}

/** A revision of refs of its own (`refs/pr/1`) with its slashes, which one segment cannot have. */
export function segment(text: string): string {
  return encodeURIComponent(text);
}

/** A path, each step of it encoded. */
export function pathSegments(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

function decode(target: string, revision: string): string {
  try {
    return decodeURIComponent(revision);
  } catch {
    throw usage(target, "the revision is not percent-encoded correctly");
  }
}

function usage(target: string, problem: string): AppError {
  return new AppError("USAGE", `${target}: ${problem}`, {
    hint: "hf:[datasets/]org/name[@revision][/path], such as hf:org/name@refs/pr/1/model.safetensors",
  });
}
