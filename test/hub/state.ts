/**
 * What the routes of one test hub share.
 */

import type { SignedLinks } from "./cdn.ts";
import type { HubRepo } from "./repo.ts";
import type { Headers } from "./reply.ts";
import type { Route } from "./route.ts";

export interface HubState {
  /** Replaced as a whole when a ref moves. */
  repos: readonly HubRepo[];
  readonly token: string | undefined;
  /** Entries on a page of a tree. */
  readonly pageSize: number;
  /** Origin of the hub. */
  readonly endpoint: string;
  readonly links: SignedLinks;
}

/** A request for a route that the hub knows. */
export interface Call {
  readonly route: Route;
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

export function moveRef(state: HubState, id: string, ref: string, sha: string): void {
  state.repos = state.repos.map((repo) =>
    repo.id === id ? { ...repo, refs: { ...repo.refs, [ref]: sha } } : repo,
  );
}
