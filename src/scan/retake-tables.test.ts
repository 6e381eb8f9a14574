import { describe, expect, it } from "vitest";

import { memoryTree } from "../../test/builders/memory-tree.ts";
import { shardOf } from "../../test/builders/shards.ts";
import { fileReport } from "../../test/builders/report.ts";
import { retakeTables } from "./retake-tables.ts";
import { TableStore } from "./table-store.ts";

async function retaken(facts: Record<string, number>): Promise<TableStore> {
  const store = new TableStore();
  for await (const file of memoryTree({ "a.safetensors": shardOf(["x"]) }).list()) {
    const report = fileReport({ path: file.path, facts });
    await retakeTables(file, { report }, store, {});
  }
  return store;
}

describe("retakeTables", () => {
  it("reads the tables of a file whose report was remembered", async () => {
    const store = await retaken({ tensors: 1 });
    expect(store.get("a.safetensors")[0]?.tables.tensors?.names.ends).toHaveLength(1);
  });

  it("leaves files alone that have none", async () => {
    expect((await retaken({})).get("a.safetensors")).toEqual([]);
  });
});
