/** Runs the program against servers of the tests: an environment of its own, and no waits. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, onTestFinished, vi } from "vitest";

import type { FileReport, Report } from "../../src/kernel/report.ts";
import type { HubFile, HubRepo } from "../hub/repo.ts";
import { startTestHub } from "../hub/test-hub.ts";
import type { TestHub, TestHubOptions } from "../hub/test-hub.ts";
import { runHere } from "./program.ts";
import type { Outcome } from "./program.ts";

export const COMMIT = "c".repeat(40);
export const ID = "org/model";
export const TARGET = `hf:${ID}`;
export const TOKEN = `hf_${"a".repeat(34)}`;

/** What is read of the environment. */
const NAMES =
  /^(?:HF_|HUGGING|HUGGINGFACE|TRANSFORMERS_|XDG_|SSL_|CURL_|REQUESTS_)|_proxy$|^GITHUB_ACTIONS$/i;

export interface Scanned extends Outcome {
  /** The report, where there is one. */
  readonly report: Report | undefined;
  /** The first file of the report. */
  readonly file: FileReport | undefined;
}

export interface RemoteTests {
  readonly home: string;
  /** `weighbridge scan … --format json`, with these in the environment. */
  readonly scan: (
    args: readonly string[],
    environment?: Record<string, string>,
  ) => Promise<Scanned>;
  /** The same with the hub's endpoint. */
  readonly scanHub: (
    hub: TestHub,
    args?: readonly string[],
    more?: Record<string, string>,
  ) => Promise<Scanned>;
}

/** For the top of a test file. */
export function remoteTests(): RemoteTests {
  const home = mkdtempSync(join(tmpdir(), "weighbridge-remote-"));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  beforeEach(() => {
    // Waits are a share of what they could be.
    vi.spyOn(Math, "random").mockReturnValue(0);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });
  const scan: RemoteTests["scan"] = async (args, environment = {}) => {
    for (const name of Object.keys(process.env).filter((each) => NAMES.test(each))) {
      vi.stubEnv(name, undefined);
    }
    for (const [name, value] of Object.entries({ HF_HOME: home, ...environment })) {
      vi.stubEnv(name, value);
    }
    const outcome = await runHere(home, ["scan", ...args, "--format", "json"]);
    const report = outcome.stdout === "" ? undefined : (JSON.parse(outcome.stdout) as Report);
    return { ...outcome, report, file: report?.subjects[0]?.files[0] };
  };
  return {
    home,
    scan,
    scanHub: (hub, args = [TARGET], more = {}) =>
      scan(args, { HF_ENDPOINT: hub.endpoint, ...more }),
  };
}

/** A hub with one repository of one commit, closed with the test. */
export async function hubWith(
  files: readonly HubFile[],
  options: Partial<TestHubOptions> & { readonly repo?: Partial<HubRepo> } = {},
): Promise<TestHub> {
  const { repo, ...rest } = options;
  const model: HubRepo = {
    type: "models",
    id: ID,
    commits: [{ sha: COMMIT, files }],
    refs: { main: COMMIT },
    ...repo,
  };
  const hub = await startTestHub({ repos: [model], token: TOKEN, ...rest });
  onTestFinished(() => hub.close());
  return hub;
}

/** Requests for the content of a file that brought some. */
export function contentRequests(hub: TestHub): TestHub["requests"] {
  return hub.requests.filter(
    ({ origin, url }) => origin === "cdn" || url.startsWith("/api/resolve-cache/"),
  );
}
