/** A model on a hub, and what a scan of it gives under faults. */

import type { FileReport } from "../../src/kernel/report.ts";
import { pickle } from "../builders/pickle.ts";
import { safetensors } from "../builders/safetensors.ts";
import { sha256Of } from "../hub/content.ts";
import type { FaultRule } from "../hub/fault.ts";
import type { HubFile } from "../hub/repo.ts";
import type { TestHub } from "../hub/test-hub.ts";
import { contentRequests, hubWith, TARGET } from "./remote.ts";
import type { RemoteTests, Scanned } from "./remote.ts";

export const KIB = 1024;
export const MIB = KIB * KIB;

/** Bytes that are no format's, and none of them twice at the same distance. */
export function noise(size: number): Buffer {
  return Buffer.from(
    Uint8Array.from({ length: size }, (_, index) => (index * 7 + (index >> 9)) % 253),
  );
}

/** A header of some 200 KiB, which takes more than the first 64 KiB to read. */
export function model(size: number): Buffer {
  const names = Array.from(
    { length: 2000 },
    (_, index) => `model.layers.${index}.attention.weight`,
  );
  const each = Math.floor((size - 260 * KIB) / names.length / 4) * 4;
  return safetensors(
    names.map((name) => ({ name, dtype: "F32", shape: [each / 4], data: noise(each) })),
  );
}

export const CONFIG: HubFile = {
  path: "config.json",
  content: Buffer.from('{"model_type":"gpt2"}'),
};
export const LARGE = { path: "large.safetensors", content: model(5 * MIB), lfs: true };
export const SMALL: HubFile = {
  path: "small.pkl",
  content: pickle().proto(2).value("a").op("STOP").bytes(),
  lfs: true,
};
export const FILES: readonly HubFile[] = [CONFIG, LARGE, SMALL];

export function named(files: readonly FileReport[] | undefined, { path }: HubFile): FileReport {
  const found = files?.find((each) => each.path === path);
  if (found === undefined) {
    throw new Error(`no report of ${path}`);
  }
  return found;
}

export interface Spoiled extends Scanned {
  readonly hub: TestHub;
  readonly files: readonly FileReport[];
}

/** Scans the model on a hub with faults. */
export async function spoiled(
  { scanHub }: RemoteTests,
  rules: readonly FaultRule[],
  args: readonly string[] = [],
): Promise<Spoiled> {
  const hub = await hubWith(FILES, { faults: rules });
  const outcome = await scanHub(hub, [TARGET, ...args], { HF_HUB_DOWNLOAD_TIMEOUT: "1" });
  return { hub, ...outcome, files: outcome.report?.subjects[0]?.files ?? [] };
}

export function requestsFor(hub: TestHub, { content }: HubFile): TestHub["requests"] {
  const digest = sha256Of(content);
  return contentRequests(hub).filter(({ url }) => url.includes(digest));
}
