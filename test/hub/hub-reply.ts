/**
 * The answer of the hub's own origin to one request.
 */

import { enter } from "./access.ts";
import { infoReply, refsReply } from "./info.ts";
import { errorReply, textReply } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { commitAt } from "./repo.ts";
import { redirect, resolveReply } from "./resolve.ts";
import type { Call, HubState } from "./state.ts";
import { pathsReply, treeReply } from "./tree.ts";

export function hubReply(state: HubState, call: Call): Reply {
  const allowed = call.route.kind === "paths" ? ["POST"] : ["GET", "HEAD"];
  if (!allowed.includes(call.method)) {
    return textReply(405, "Method Not Allowed", { allow: allowed.join(", ") });
  }
  const visit = enter(state, call);
  if ("status" in visit) {
    return visit;
  }
  const { repo } = visit;
  if (visit.alias) {
    const asked = call.url.pathname + call.url.search;
    return redirect(307, asked.replace(`/${call.route.id}`, `/${repo.id}`));
  }
  const commit = commitAt(repo, call.route.revision);
  if (!commit) {
    return errorReply(404, "RevisionNotFound", `Invalid rev id: ${call.route.revision}`);
  }
  switch (call.route.kind) {
    case "info":
      return infoReply(call, repo, commit);
    case "tree":
      return treeReply(state, call, commit);
    case "paths":
      return pathsReply(call, commit);
    case "refs":
      return refsReply(call, repo);
    default:
      return resolveReply(state, call, repo, commit);
  }
}
