/** Targets that are not on this machine: places on a hub and web addresses. Loaded when there is one. */

import { AppError } from "../../kernel/errors.ts";
import type { Tree } from "../../kernel/tree.ts";
import type { HttpClient } from "../http/http-client.ts";
import { openHttpClient } from "../http/open-http-client.ts";
import { checkNoPassword, shownAddress } from "../http/shown-address.ts";
import { isUrlTarget, urlTree } from "../http/url-tree.ts";
import { parseHubTarget, isHubTarget } from "../huggingface/hub-target.ts";
import { hubTree } from "../huggingface/hub-tree.ts";
import { hubUrlTarget } from "../huggingface/hub-url.ts";
import { hubCacheTree } from "../local/hub-cache.ts";
import type { NetworkSettings } from "../local/network-settings.ts";

export interface RemoteOptions {
  readonly settings: NetworkSettings;
  readonly full: boolean;
  readonly offline: boolean;
  readonly signal?: AbortSignal;
}

export interface RemoteTargets {
  /** Finds out what a target is. Throws `AppError`. */
  open(target: string): Promise<Tree>;
  close(): Promise<void>;
}

export function remoteTargets({ settings, full, offline, signal }: RemoteOptions): RemoteTargets {
  const isOffline = offline || settings.offline;
  let client: HttpClient | undefined;
  const options = () => ({
    client: (client ??= openHttpClient(settings)),
    full,
    hub: hubOf(settings),
    ...(signal === undefined ? {} : { signal }),
  });
  return {
    async open(target) {
      checkNoPassword(target);
      const ref = shownAddress(target);
      const place = isUrlTarget(target) ? hubUrlTarget(target, settings.endpoint) : target;
      if (place !== undefined && isHubTarget(place)) {
        return isOffline
          ? hubCacheTree(ref, parseHubTarget(place), settings.cache)
          : await hubTree(place, { ...options(), ref });
      }
      if (isOffline) {
        throw new AppError("USAGE", `${ref} cannot be fetched offline`, {
          hint: "leave out --offline and HF_HUB_OFFLINE, or scan a copy on this machine",
        });
      }
      return await urlTree(target, options());
    },
    close: async () => await client?.close(),
  };
}

function hubOf({ endpoint, token }: NetworkSettings) {
  return { endpoint, ...(token === undefined ? {} : { token }) };
}
