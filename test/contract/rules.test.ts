/** Every rule fires on something and leaves something alone. */

import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { MemorySource } from "../../src/bytes/memory-source.ts";
import { openFile } from "../../src/bytes/file-source.ts";
import { defineFormat } from "../../src/formats/format.ts";
import type { FormatModule } from "../../src/formats/format.ts";
import { FORMATS } from "../../src/formats/registry.ts";
import { scan } from "../../src/index.ts";
import type { Report } from "../../src/kernel/report.ts";
import { NO_USER_NAMES } from "../../src/machines/pickle/names/user-name.ts";
import { DEFAULT_LIMITS } from "../../src/kernel/limits.ts";
import { scanCatalogue } from "../../src/scan/catalogue.ts";
import { scanFile } from "../../src/scan/scan-file.ts";
import { hostile } from "../builders/pytorch.ts";
import { scanTree } from "../builders/memory-tree.ts";
import { rulesOf, scanBytes } from "../scan-bytes.ts";
import { SAMPLES } from "./samples.ts";
import { SUBJECTS } from "./subjects.ts";

/** Rules by what they fired on. */
const fired = new Map<string, Set<string>>();

function note(name: string, rules: readonly string[]): void {
  fired.set(name, new Set(rules));
}

/** A format that does what no format may. */
function misbehaving(parse: () => never | void): FormatModule {
  return defineFormat({
    id: "misbehaving",
    title: "Misbehaving",
    revision: 1,
    specification: [],
    extensions: [],
    detect: () => "certain",
    parse: async () => {
      parse();
      throw new Error("it does that");
    },
    rules: [],
  });
}

const folder = mkdtempSync(join(tmpdir(), "weighbridge-rules-"));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

beforeAll(async () => {
  for (const { bytes, name } of SAMPLES) {
    note(name, rulesOf(await scanBytes(bytes, name)));
  }
  note("refused", rulesOf(await scanBytes(hostile(), "hostile.bin", { requireWeightsOnly: true })));
  note(
    "crash",
    rulesOf(await scanBytes(hostile(), "crash", { formats: [misbehaving(() => undefined)] })),
  );
  note("changed", await changedRules());
  note("exchanged", await exchangedRules());
  note("tree", await treeRules());
  for (const [name, files] of Object.entries(SUBJECTS)) {
    const { subject } = await scanTree(files);
    note(
      name,
      subject.findings.map(({ rule }) => rule),
    );
  }
}, 120_000);

async function changedRules(): Promise<string[]> {
  const path = join(folder, "changing.pkl");
  writeFileSync(path, hostile());
  const change = misbehaving(() => appendFileSync(path, "more"));
  const report = await scanFile(
    { path, open: async () => openFile(path, path) },
    { formats: [...FORMATS, change], userNames: NO_USER_NAMES, limits: DEFAULT_LIMITS },
  );
  return rulesOf(report);
}

/** A place that states another digest than the file has. */
async function exchangedRules(): Promise<string[]> {
  const report = await scanFile(
    {
      path: "exchanged.pkl",
      stated: { sha256: "0".repeat(64) },
      open: async () => new MemorySource(hostile(), "exchanged.pkl"),
    },
    { formats: FORMATS, userNames: NO_USER_NAMES, limits: DEFAULT_LIMITS },
  );
  return rulesOf(report);
}

async function treeRules(): Promise<string[]> {
  const tree = join(folder, "tree");
  mkdirSync(join(tree, ".git"), { recursive: true });
  writeFileSync(join(tree, ".git/HEAD"), "ref: refs/heads/main\n");
  writeFileSync(join(tree, "model.pkl"), hostile());
  symlinkSync("/", join(tree, "out"));
  let report: Report | undefined;
  const gone = { rule: "scan/polyglot", path: "gone", reason: "test" };
  const suppressions = [
    { ...gone, expires: "2026-01-01" },
    { ...gone, expires: "2026-12-31" },
  ];
  for await (const event of scan(tree, { suppressions, today: "2026-06-30" })) {
    if (event.kind === "report") {
      ({ report } = event);
    }
  }
  const [subject] = report?.subjects ?? [];
  return [
    ...(subject?.findings ?? []).map(({ rule }) => rule),
    ...(subject?.files ?? []).flatMap((file) => rulesOf(file)),
  ];
}

describe.each(scanCatalogue())("$id", ({ id }) => {
  it("fires, and not always", () => {
    const all = [...fired.values()];
    expect(all.some((rules) => rules.has(id))).toBe(true);
    expect(all.some((rules) => !rules.has(id))).toBe(true);
  });
});
