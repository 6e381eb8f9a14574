/** Targets that are not on this machine: places on a hub and web addresses. Loaded when there is one. */

import { AppError } from "../../kernel/errors.ts";
import type { Tree } from "../../kernel/tree.ts";
import type { HttpClient } from "../../sources/http/http-client.ts";
import { checkNoPassword, shownAddress } from "../../sources/http/shown-address.ts";
import { isUrlTarget, urlTree } from "../../sources/http/url-tree.ts";
import { parseHubTarget, isHubTarget } from "../../sources/huggingface/hub-target.ts";
import { hubTree } from "../../sources/huggingface/hub-tree.ts";
import { hubUrlTarget } from "../../sources/huggingface/hub-url.ts";
import { hubCacheTree } from "../../sources/local/hub-cache.ts";
import { networkSettings } from "../config/network.ts";
import type { NetworkSettings } from "../config/network.ts";
import { openHttpClient } from "../http-client.ts";

export interface RemoteOptions {
  readonly full: boolean;
  readonly offline: boolean;
  readonly signal?: AbortSignal;
}

export interface RemoteTargets {
  /** Finds out what a target is. Throws `AppError`. */
  open(target: string): Promise<Tree>;
  close(): Promise<void>;
}

export function remoteTargets({ full, offline, signal }: RemoteOptions): RemoteTargets {
  const settings = networkSettings();
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
