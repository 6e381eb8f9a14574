/** The package as a user gets it: packed, installed globally, run on the Nodes that it promises to run on. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, relative } from "node:path";
import { publint } from "publint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "./architecture/files.ts";
import { buildCab } from "./builders/cab.ts";
import { nodeOfVersion, outdatedNode } from "./package/nodes.ts";
import { npm } from "./package/npm.ts";

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
  version: string;
};
const folder = mkdtempSync(join(tmpdir(), "weighbridge-package-"));
const prefix = join(folder, "prefix");
const modules = join(prefix, ...(process.platform === "win32" ? [] : ["lib"]), "node_modules");
const installed = join(modules, "weighbridge");
const program = join(installed, "dist", "cli", "main.js");

const harmless = join(folder, "harmless.pkl");
const hostile = join(folder, "hostile.pkl");
const packed = join(folder, "packed.cab");

beforeAll(() => {
  const build = spawnSync(process.execPath, [join(root, "tools/bootstrap/main.mjs"), "build"], {
    encoding: "utf8",
  });
  if (build.status !== 0) throw new Error(build.stderr);
  npm(["pack", "--pack-destination", folder], root);
  npm(
    ["install", "--global", "--prefix", prefix, join(folder, `weighbridge-${version}.tgz`)],
    folder,
  );
  // [1, 2] in protocol 2, and os.system("touch wb_canary") in protocol 0.
  writeFileSync(harmless, Buffer.from("80025d7100284b014b02652e", "hex"));
  const payload = Buffer.from("cos\nsystem\n(S'touch wb_canary'\ntR.");
  writeFileSync(hostile, payload);
  writeFileSync(packed, buildCab([{ name: "a.pkl", data: payload }], { isPacked: true }));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(node: string, args: readonly string[], cwd = folder): Outcome {
  const result = spawnSync(node, args, { cwd, encoding: "utf8" });
  return { code: result.status, stdout: result.stdout, stderr: result.stderr };
}

function verdictOf(report: string): unknown {
  return (JSON.parse(report) as { verdict: unknown }).verdict;
}

/** A project that depends on the package. */
function consumer(): string {
  const project = mkdtempSync(join(folder, "consumer-"));
  mkdirSync(join(project, "node_modules"));
  symlinkSync(installed, join(project, "node_modules", "weighbridge"), "junction");
  writeFileSync(join(project, "package.json"), `{ "type": "module" }`);
  return project;
}

function filesIn(parent: string): readonly string[] {
  return readdirSync(parent, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(parent, join(entry.parentPath, entry.name)).replaceAll("\\", "/"));
}

describe("the package", () => {
  it("holds the program, the library and what belongs to them, and no more", () => {
    const files = filesIn(installed).filter((file) => !file.startsWith("node_modules/"));

    expect(files).toEqual(expect.arrayContaining(["LICENSE", "README.md", "package.json"]));
    expect(files).toEqual(
      expect.arrayContaining(["dist/index.js", "dist/index.d.ts", "dist/cli/main.js"]),
    );
    expect(files.filter((file) => /\.test\.|^src|^tools|^test|\.stamp/.test(file))).toEqual([]);
  });

  it("has nothing for publint to say", async () => {
    const { messages } = await publint({ pkgDir: installed, pack: false, strict: true });

    expect(messages).toEqual([]);
  });

  it("brings no package with an install script or native code", () => {
    const brought = filesIn(modules);
    const manifests = brought.filter((file) => file.endsWith("/package.json"));
    const scripts = manifests.flatMap((file) => {
      const manifest = JSON.parse(readFileSync(join(modules, file), "utf8")) as {
        scripts?: object;
      };
      return Object.keys(manifest.scripts ?? {}).filter((name) =>
        /^(pre|post)?install$/.test(name),
      );
    });

    expect(manifests.length).toBeGreaterThan(1);
    expect(scripts).toEqual([]);
    expect(brought.filter((file) => file.endsWith(".node"))).toEqual([]);
  });
});

const nodes = [
  ["this Node", process.execPath],
  ["Node 22.22.2", nodeOfVersion("22.22.2")],
] as const;

describe.each(nodes)("on %s", (_, node) => {
  it.skipIf(node === undefined)("says its version", () => {
    expect(run(node!, [program, "--version"])).toMatchObject({
      code: 0,
      stdout: `${version}\n`,
      stderr: "",
    });
  });

  it.skipIf(node === undefined)("scans", () => {
    const clean = run(node!, [program, "scan", "--format", "json", harmless]);
    const dirty = run(node!, [program, "scan", "--format", "json", hostile]);

    expect({ code: clean.code, verdict: verdictOf(clean.stdout) }).toEqual({
      code: 0,
      verdict: "clean",
    });
    expect({ code: dirty.code, verdict: verdictOf(dirty.stdout) }).toEqual({
      code: 1,
      verdict: "malicious",
    });
    expect(existsSync(join(folder, "wb_canary"))).toBe(false);
  });

  it.skipIf(node === undefined)("finds the code that unpacks cabinets", () => {
    const { code, stdout } = run(node!, [program, "scan", "--format", "json", packed]);

    expect({ code, verdict: verdictOf(stdout) }).toEqual({ code: 1, verdict: "malicious" });
  });

  it.skipIf(node === undefined)("can be imported", () => {
    const text = `import("weighbridge").then(({ scan }) => console.log(typeof scan))`;

    expect(run(node!, ["-e", text], consumer())).toMatchObject({ code: 0, stdout: "function\n" });
  });
});

describe("on an outdated Node", () => {
  const node = outdatedNode();

  it.skipIf(node === undefined)("says in one line what it needs, and ends with 2", () => {
    const { code, stdout, stderr } = run(node!, [program, "scan", harmless]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^weighbridge needs Node\.js 22\.22\.2 .*\n$/);
  });
});

describe("for users", () => {
  it.skipIf(process.platform === "win32")("is a command", () => {
    const path = `${dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`;
    const result = spawnSync(join(prefix, "bin", "weighbridge"), ["--version"], {
      encoding: "utf8",
      env: { ...process.env, PATH: path },
    });

    expect(result).toMatchObject({ status: 0, stdout: `${version}\n` });
  });

  it("has types that a strict project compiles against", () => {
    const project = consumer();
    writeFileSync(
      join(project, "use.ts"),
      `import { scan } from "weighbridge";\nexport const use: typeof scan = scan;\n`,
    );
    const compilerOptions = {
      module: "nodenext",
      target: "es2024",
      strict: true,
      noEmit: true,
      types: ["node"],
      typeRoots: [join(root, "node_modules", "@types")],
    };
    writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions }));

    const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
    expect(run(process.execPath, [compiler], project)).toMatchObject({ code: 0, stdout: "" });
  });
});
