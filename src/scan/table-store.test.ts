import { describe, expect, it } from "vitest";

import { describeTensors } from "../formats/tensor-facts.ts";
import { TableStore } from "./table-store.ts";

function located(locator: string, count: number) {
  const rows = Array.from({ length: count }, (_, index) => `tensor.${index}`);
  const { table } = describeTensors(rows, (name) => ({
    name,
    dtype: "F32",
    shape: [2, 3],
    range: [0, 24],
  }));
  return { locator, tables: { tensors: table } };
}

describe("TableStore", () => {
  it("gives tables in the order that is asked for", () => {
    const store = new TableStore();
    store.add("b", [located("b", 1)]);
    store.add("a", [located("a", 1)]);

    expect([...store.of(["a", "b", "c"]).keys()]).toEqual(["a", "b"]);
    expect(store.get("c")).toEqual([]);
  });

  it.each([
    ["small first", ["small", "large"]],
    ["large first", ["large", "small"]],
  ])("has nothing at all past its budget, %s", (_name, order) => {
    const store = new TableStore(10_000);
    for (const path of order) {
      store.add(path, [located(path, path === "large" ? 1000 : 1)]);
    }

    expect(store.overflowed).toBe(true);
    expect(store.of(["small", "large"]).size).toBe(0);
  });
});
