/**
 * A hub with the sample repositories.
 */

import { onTestFinished } from "vitest";
import type { FaultRule } from "./fault.ts";
import { REPOS, TOKEN } from "./sample.ts";
import { startTestHub } from "./test-hub.ts";
import type { TestHub, TestHubOptions } from "./test-hub.ts";

/** A hub that ends with the test that started it. */
export async function sampleHub(
  options: Partial<TestHubOptions> = {},
  ...faults: readonly FaultRule[]
): Promise<TestHub> {
  const hub = await startTestHub({ repos: REPOS, token: TOKEN, faults, ...options });
  onTestFinished(() => hub.close());
  return hub;
}
