import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";

import { readAsset } from "../../../bytes/file-source.ts";
import { loadDangerousNames } from "../effects/dangerous-names.ts";
import { NameTables } from "./name-tables.ts";

const folder = new URL("../../../../assets/known-names/", import.meta.url);

/** Every known name, as `module name`. */
function knownNames(): string[] {
  const files = readdirSync(folder).filter((file) => file !== "index.json");
  return files.flatMap((file) => {
    const { groups } = readAsset(`known-names/${file}`) as {
      groups: readonly { names: Readonly<Record<string, string>> }[];
    };
    return groups.flatMap(({ names }) =>
      Object.entries(names).flatMap(([module, list]) =>
        list.split(" ").map((name) => `${module} ${name}`),
      ),
    );
  });
}

describe("names that are known and dangerous", () => {
  const table = loadDangerousNames(readAsset("dangerous-names.json"));
  const { names } = readAsset("known-and-dangerous.json") as { names: readonly string[] };

  it("are listed, all of them and no other", () => {
    const both = knownNames().filter((key) => {
      const [module = "", name = ""] = key.split(" ");
      return (table.lookup(module, name) ?? table.lookupDotted(module, name)) !== undefined;
    });

    expect([...new Set(both)].toSorted()).toEqual(names);
  });

  it("are found without reading the large table for names that are only known", () => {
    const read: string[] = [];
    const tables = new NameTables([], (path) => {
      read.push(path);
      return readAsset(path);
    });

    expect(tables.danger("collections", "OrderedDict")).toBeUndefined();
    expect(read).not.toContain("dangerous-names.json");
    expect(tables.danger("builtins", "getattr")).toBeDefined();
    expect(tables.danger("os", "system")).toBeDefined();
    expect(read).toContain("dangerous-names.json");
  });

  it("are asked for in full where a user vouches for a name", () => {
    const tables = new NameTables([{ module: "os", name: "system", reason: "a test" }]);

    expect(tables.danger("os", "system")).toBeDefined();
  });
});
