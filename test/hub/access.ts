/**
 * Who may see what. The hub does not say whether a repository that one may not see exists: without a token both are
 * 401, with one both are 404.
 */

import { errorReply } from "./reply.ts";
import type { Reply } from "./reply.ts";
import type { HubRepo } from "./repo.ts";
import type { Call, HubState } from "./state.ts";

export interface Visit {
  readonly repo: HubRepo;
  /** The name asked for, where it is not the repository's own. */
  readonly alias: boolean;
}

/** The repository that a call is about, or why not. */
export function enter(state: HubState, call: Call): Visit | Reply {
  const { authorization } = call.headers;
  const known = state.token !== undefined && authorization === `Bearer ${state.token}`;
  if (authorization !== undefined && !known) {
    return errorReply(401, undefined, "Invalid credentials in Authorization header");
  }
  const { id, type, kind } = call.route;
  const repo = state.repos.find(
    (each) => each.type === type && (each.id === id || each.aliases?.includes(id)),
  );
  if (!repo || (repo.private && !known)) {
    return known
      ? errorReply(404, "RepoNotFound", "Repository not found")
      : errorReply(401, "RepoNotFound", "Invalid username or password.");
  }
  if (repo.gated && !(known && repo.granted) && (kind === "resolve" || kind === "cache")) {
    return known
      ? errorReply(403, "GatedRepo", `Access to ${repo.id} is restricted and you are not in it.`)
      : errorReply(401, "GatedRepo", `Access to ${repo.id} is restricted. Please log in.`);
  }
  return { repo, alias: repo.id !== id };
}
