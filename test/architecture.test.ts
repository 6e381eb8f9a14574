/**
 * Holds the source tree to its design: every file has a place, imports point down, powers over the outside are
 * where they belong, and what must agree agrees.
 */
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { filesBelow, readText, root, trackedFiles } from "./architecture/files.ts";
import { objection, placeOf } from "./architecture/layers.ts";
import { packageOf, parseModule, resolveImport } from "./architecture/module.ts";
import { powers } from "./architecture/powers.ts";

const sources = filesBelow("src").filter((file) => file.endsWith(".ts"));
const modules = sources
  .filter((file) => !file.endsWith(".test.ts"))
  .map((file) => parseModule(file, readText(file)));

describe("layers", () => {
  it("give every file of src a place", () => {
    const lost = filesBelow("src").filter((file) => placeOf(file) === undefined);

    expect(lost).toEqual([]);
  });

  it("import downwards only, and never a sibling", () => {
    const breaches = modules.flatMap(({ file, imports }) =>
      imports.flatMap((specifier) => {
        const target = resolveImport(file, specifier);
        if (target === undefined) return [];
        const from = placeOf(file);
        const to = placeOf(target);
        const reason = from && to ? objection(from, to) : "leads out of src";
        return reason === undefined ? [] : [`${file} imports ${specifier}: ${reason}`];
      }),
    );

    expect(breaches).toEqual([]);
  });

  it("load modules by literal names only", () => {
    const computed = modules.filter(({ imports }) => imports.includes("<computed>"));

    expect(computed.map(({ file }) => file)).toEqual([]);
  });

  it.each([
    ["src/kernel/a.ts", "src/bytes/b.ts", "kernel is below bytes"],
    ["src/formats/zip/a.ts", "src/formats/tar/b.ts", "formats/zip and formats/tar are siblings"],
    ["src/formats/zip/a.ts", "src/formats/format.ts", undefined],
    ["src/formats/zip/a.ts", "src/formats/zip/rules/b.ts", undefined],
    ["src/scan/a.ts", "src/policy/b.ts", "scan and policy are siblings"],
    ["src/scan/a.ts", "src/index.ts", "scan is below the façade"],
    ["src/cli/a.ts", "src/kernel/b.ts", undefined],
  ])("judge %s importing %s", (from, to, reason) => {
    expect(objection(placeOf(from)!, placeOf(to)!)).toBe(reason);
  });

  it("have no place for an unknown folder or a stray file", () => {
    expect(placeOf("src/utils/a.ts")).toBeUndefined();
    expect(placeOf("src/helpers.ts")).toBeUndefined();
  });
});

describe("powers", () => {
  it.each(powers)("keep $what where it belongs", ({ imports = [], accesses = [], allowedIn }) => {
    const breaches = modules
      .filter(({ file }) => !allowedIn.test(file))
      .flatMap((module) =>
        [
          ...imports.filter((name) => module.imports.includes(name)),
          ...accesses.filter((name) => module.accesses.has(name)),
        ].map((name) => `${module.file}: ${name}`),
      );

    expect(breaches).toEqual([]);
  });

  it("are seen in every way of writing an import or an access", () => {
    const module = parseModule(
      "src/x.ts",
      `import type { A } from "./a.ts"; export * from "./b.ts"; export { c } from "./c.ts"; type D = import("./d.ts").D;
       await import("./e.ts"); await import(name); process["env"]; console.log(process.env.HOME, new Date(), fetch("x"));`,
    );

    expect(module.imports).toEqual([
      "./a.ts",
      "./b.ts",
      "./c.ts",
      "./d.ts",
      "./e.ts",
      "<computed>",
    ]);
    expect([...module.accesses].sort()).toEqual(["Date", "console.log", "fetch", "process.env"]);
  });
});

describe("packages", () => {
  it("are each imported by one file of ours", () => {
    const importers = new Map<string, Set<string>>();
    for (const { file, imports } of modules) {
      for (const name of imports.map(packageOf).filter((name) => name !== undefined)) {
        importers.set(name, (importers.get(name) ?? new Set()).add(file));
      }
    }

    const shared = [...importers].filter(([, files]) => files.size > 1);
    expect(shared.map(([name, files]) => `${name}: ${[...files].join(", ")}`)).toEqual([]);
  });

  it("are pinned exactly, and locked without the name of a registry", () => {
    for (const folder of ["", "tools/runtime/"]) {
      const manifest = JSON.parse(readText(`${folder}package.json`)) as Record<string, object>;
      const fields = ["dependencies", "devDependencies", "optionalDependencies"];
      const versions = fields.flatMap((field) => Object.values(manifest[field] ?? {}));

      expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(String(version)))).toEqual([]);
      expect(readText(`${folder}package-lock.json`)).not.toContain('"resolved"');
    }
  });

  it("are explained in docs/dependencies.md", () => {
    const { dependencies, devDependencies } = JSON.parse(readText("package.json")) as {
      dependencies: object;
      devDependencies: object;
    };
    const explained = readText("docs/dependencies.md");

    const names = [...Object.keys(dependencies), ...Object.keys(devDependencies)];
    expect(names.filter((name) => !explained.includes(`\`${name}\``))).toEqual([]);
  });
});

describe("files", () => {
  const code = ["src", "test", "bench", "tools"]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => filesBelow(folder))
    .filter((file) => /\.(ts|mjs)$/.test(file) && !file.includes("/node_modules/"));

  it("have 400 lines at most", () => {
    const long = code.filter((file) => readText(file).trimEnd().split("\n").length > 400);

    expect(long).toEqual([]);
  });

  it("export by name", () => {
    expect(modules.filter((module) => module.hasDefaultExport).map(({ file }) => file)).toEqual([]);
  });

  it("open with a comment that says what they are", () => {
    const silent = code.filter(
      (file) => !file.endsWith(".test.ts") && !/^(#!.*\n)?\s*\/[/*]/.test(readText(file)),
    );

    expect(silent).toEqual([]);
  });

  it("reach the assets by a path that the bundle keeps: from folders directly below src", () => {
    const breaches = sources.filter((file) => {
      const paths = file.endsWith(".test.ts")
        ? []
        : (readText(file).match(/(\.\.\/)+assets\//g) ?? []);
      return (
        paths.some((path) => path !== "../../assets/") ||
        (paths.length > 0 && file.split("/").length !== 3)
      );
    });

    expect(breaches).toEqual([]);
  });

  it("name no place of the machine they were written on, and no registry", () => {
    const home = homedir();
    const places = [root, ...(home.length > 1 ? [`${home}/`] : [])];
    const registry = /registry\.[a-z]+js\.|registry\.yarnpkg|\/artifactory\/|\/repository\/npm/;
    const telling = trackedFiles()
      .filter((file) => !file.startsWith("assets/") && existsSync(join(root, file)))
      .filter((file) => {
        const text = readText(file);
        return places.some((place) => text.includes(place)) || registry.test(text);
      });

    expect(telling).toEqual([]);
  });
});

describe("the registry of formats", () => {
  const registryFile = "src/formats/registry.ts";

  it("lists every folder of src/formats", () => {
    const folders = readdirSync(join(root, "src", "formats"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => `./${entry.name}/index.ts`);
    const registry = modules.find(({ file }) => file === registryFile);

    const listed = registry?.imports.filter((specifier) => specifier.endsWith("/index.ts"));
    expect((listed ?? []).toSorted()).toEqual(folders.sort());
  });
});

describe("rules", () => {
  const ids = modules.flatMap(({ file }) =>
    Array.from(
      readText(file).matchAll(/^\s*id: "([a-z\d-]+\/[a-z\d-]+)",$/gm),
      (match) => match[1]!,
    ),
  );

  it("have ids of their own", () => {
    expect(ids.toSorted()).toEqual([...new Set(ids)].sort());
  });
});
