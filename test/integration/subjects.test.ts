/** Models in several files, as the program judges them in a folder, and tables that are too long for a report. */

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeEach, describe, expect, it } from "vitest";

import { rowsOf, scan, tensorAt } from "../../src/index.ts";
import type { Report } from "../../src/kernel/report.ts";
import type { MemoryFiles } from "../builders/memory-tree.ts";
import { rawSafetensors } from "../builders/safetensors.ts";
import { indexOf, layoutOf, shardedModel, shardOf } from "../builders/shards.ts";
import { environment, root, runHere, writeSamples } from "./program.ts";

const samples = writeSamples();
let work: string;

beforeEach(() => {
  work = samples.freshFolder();
});

afterAll(() => samples.remove());

function write(files: MemoryFiles): void {
  mkdirSync(join(work, "model"), { recursive: true });
  for (const [name, bytes] of Object.entries(files)) {
    writeFileSync(join(work, "model", name), bytes);
  }
}

function read(name: string): string {
  return readFileSync(join(work, name), "utf8");
}

const names = Array.from({ length: 1500 }, (_, index) => `layers.${index}.weight`);
const layout = layoutOf(["embed.weight"], names);
const [first, second] = Object.keys(layout) as [string, string];
const INDEX = "model.safetensors.index.json";

describe("a sharded model in a folder", () => {
  it("is clean when it is whole", async () => {
    write(shardedModel(layout));
    const { code, stdout } = await runHere(work, ["scan", "model"]);

    expect(code).toBe(0);
    expect(stdout).not.toContain("shards/");
  });

  it("is incomplete without a shard, which a single file is not", async () => {
    write(shardedModel(layout));
    rmSync(join(work, "model", first));
    const folder = await runHere(work, ["scan", "model"]);

    expect(folder.code).toBe(3);
    expect(folder.stdout).toContain(
      `model/${INDEX}: 1 of 2 files that the index lists are not there: "${first}" (shards/missing)`,
    );
    expect((await runHere(work, ["scan", `model/${second}`, `model/${INDEX}`])).code).toBe(0);
  });

  it("is told in SARIF at the file that it is about", async () => {
    write({ ...shardedModel(layout), [first]: shardOf(["embed.weight", "layers.7.weight"]) });
    const { code, stdout } = await runHere(work, ["scan", "model", "--format", "sarif"]);

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      runs: [
        {
          results: [
            {
              ruleId: "shards/tensor-in-two-shards",
              locations: [{ physicalLocation: { artifactLocation: { uri: `model/${INDEX}` } } }],
            },
          ],
        },
      ],
    });
  });

  it("is judged the same by threads, whose tables come over", () => {
    const size = 26 * 1024 * 1024;
    const big = (name: string): Buffer =>
      rawSafetensors(
        `{"${name}":{"dtype":"U8","shape":[${size}],"data_offsets":[0,${size}]}}`,
        Buffer.alloc(size),
      );
    write({
      [INDEX]: indexOf({ [first]: ["a"], [second]: ["b"] }, 2 * size),
      [first]: big("a"),
      [second]: big("a"),
    });
    const program = join(root, "dist/cli/main.js");
    const { stdout, status } = spawnSync(
      process.execPath,
      [program, "scan", "model", "--format", "json", "--jobs", "2"],
      { cwd: work, env: environment, encoding: "utf8" },
    );

    expect(status).toBe(1);
    expect((JSON.parse(stdout) as Report).subjects[0]?.findings).toMatchObject([
      { rule: "shards/tensor-in-two-shards", locator: INDEX },
      { rule: "shards/tensor-missing" },
    ]);
  });
});

describe("tables past a thousand rows", () => {
  it("lie beside the report, which names them", async () => {
    write(shardedModel(layout));
    const { code, stderr } = await runHere(work, ["scan", "model", "--output", "json=report.json"]);
    const report = JSON.parse(read("report.json")) as Report;
    const facts = report.subjects[0]?.files.map((file) => file.facts["tensors"]);
    const rows = read("report.json.tensors.jsonl").trimEnd().split("\n");

    expect(code).toBe(0);
    expect(stderr).toContain("tensors: report.json.tensors.jsonl\n");
    expect(facts).toContainEqual(
      expect.objectContaining({
        count: 1500,
        listed: 1000,
        sidecar: "report.json.tensors.jsonl",
      }),
    );
    expect(facts).not.toContainEqual(
      expect.objectContaining({ count: 1, sidecar: expect.anything() as unknown }),
    );
    expect(rows).toHaveLength(1500);
    expect(JSON.parse(rows[1400] ?? "")).toMatchObject({
      subject: 0,
      locator: second,
      name: "layers.1400.weight",
      dtype: "F32",
      shape: [1],
    });
    expect(readdirSync(work).toSorted()).toEqual([
      "model",
      "report.json",
      "report.json.tensors.jsonl",
    ]);
    const schema = JSON.parse(
      readFileSync(join(root, "assets/schemas/report-v1.schema.json"), "utf8"),
    ) as object;
    expect(new Ajv2020({ strict: true }).compile(schema)(report)).toBe(true);
  });

  it("are the same whenever they are written", async () => {
    write(shardedModel(layout));
    await runHere(work, ["scan", "model", "-q", "--output", "json=a.json"]);
    await runHere(work, ["scan", "model", "-q", "--output", "json=b.json"]);

    expect(read("a.json.tensors.jsonl")).toBe(read("b.json.tensors.jsonl"));
  });

  it("are nowhere where the report goes to standard output, which says so", async () => {
    write(shardedModel(layout));
    const { stdout, stderr } = await runHere(work, ["scan", "model", "--format", "json"]);
    const report = JSON.parse(stdout) as Report;
    const facts = report.subjects[0]?.files.map((file) => file.facts["tensors"]);

    expect(stderr).toMatch(/^note: .*--output json=FILE/);
    expect(facts).toContainEqual(expect.objectContaining({ count: 1500, sidecar: null }));
    expect(readdirSync(work)).toEqual(["model"]);
  });

  it("are not written for models that the report lists whole", async () => {
    write(shardedModel(layoutOf(["a"], ["b"])));
    await runHere(work, ["scan", "model", "-q", "--output", "json=report.json"]);

    expect(readdirSync(work).toSorted()).toEqual(["model", "report.json"]);
    expect(read("report.json")).not.toContain("sidecar");
  });

  it("come with the last event of the library", async () => {
    write(shardedModel(layout));
    for await (const event of scan(join(work, "model"))) {
      if (event.kind === "report") {
        const tensors = event.tables[0]?.get(second)?.[0]?.tables.tensors;

        expect(tensors === undefined ? 0 : rowsOf(tensors)).toBe(1500);
        expect(tensors === undefined ? "" : tensorAt(tensors, 1499)).toMatchObject({
          name: "layers.1499.weight",
        });
        return;
      }
    }
    expect.unreachable();
  });
});
