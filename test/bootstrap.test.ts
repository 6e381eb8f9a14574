/** The bootstrap that every npm script starts through, and the check of the Node version that it and the program share. */
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { delimiter, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { tasks } from "../tools/bootstrap/tasks.mjs";
import { satisfies } from "../tools/bootstrap/version.mjs";
import { readText, root } from "./architecture/files.ts";
import { makeClone, outdateNode, requireNode, type Clone } from "./bootstrap/clone.ts";

const { engines, scripts } = JSON.parse(readText("package.json")) as {
  engines: { node: string };
  scripts: Record<string, string>;
};

const versions: readonly (readonly [string, boolean])[] = [
  ["18.20.8", false],
  ["20.20.2", false],
  ["22.22.1", false],
  ["22.22.2", true],
  ["22.23.0", true],
  ["23.11.0", false],
  ["24.14.9", false],
  ["24.15.0", true],
  ["24.21.0", true],
  ["25.9.0", false],
  ["26.0.0", true],
  ["27.1.0", true],
];

describe("the Node version", () => {
  it.each(versions)("%s satisfies package.json's engines: %s", (version, suits) => {
    expect(satisfies(version, engines.node)).toBe(suits);
  });

  it.each(versions)("%s satisfies the program itself: %s", (version, suits) => {
    const main = join(root, "src", "cli", "main.ts");
    const disguise = `Object.defineProperty(process.versions, "node", { value: "${version}" });`;
    const preload = `data:text/javascript,${encodeURIComponent(disguise)}`;
    const result = spawnSync(process.execPath, ["--import", preload, main, "--version"], {
      encoding: "utf8",
    });

    expect(result.stderr.includes(`this is ${version}`)).toBe(!suits);
    expect(result.status === 2).toBe(!suits);
  });

  it("is outside where it or the range is of another kind", () => {
    expect(satisfies("24.21.0-nightly", engines.node)).toBe(false);
    expect(satisfies("24.21.0", "~24.1")).toBe(false);
  });
});

describe("tasks", () => {
  it("are what the npm scripts start, one each", () => {
    const started = Object.entries(scripts).map(([name, command]) => {
      expect(command).toBe(`node tools/bootstrap/main.mjs ${name}`);
      return name;
    });

    expect(started.toSorted()).toEqual(["build", ...Object.keys(tasks)].toSorted());
  });

  it("run a file that is there", () => {
    const missing = Object.values(tasks)
      .map(({ script }) => script)
      .filter((script) => !script.startsWith("dist/") && !existsSync(join(root, script)));

    expect(missing).toEqual([]);
  });
});

const waitForSignal = `
process.on("SIGTERM", () => { console.log("ending"); process.exit(143); });
setInterval(() => {}, 1000);
console.log("ready");
`;

describe("a start", () => {
  let clone: Clone;

  afterEach(() => {
    rmSync(clone.folder, { recursive: true, force: true });
  });

  it("installs, builds and runs; the next one only runs", async () => {
    clone = makeClone(`console.log("ran", process.argv.slice(2).join(" "));`);

    const first = await clone.start(["scan", "a", "--b"]);
    const second = await clone.start(["weighbridge", "c"]);

    expect(first).toMatchObject({ code: 0, stdout: "ran scan a --b\n" });
    expect(first.stderr).toMatch(/installing .*\n.*installed in .*\n.*building dist\n.*built in /);
    expect(second).toMatchObject({ code: 0, stdout: "ran c\n", stderr: "" });
    expect(clone.buildCount()).toBe(1);
  });

  it("builds again when a source has changed, and not for a test", async () => {
    clone = makeClone(`console.log("old");`);
    await clone.start(["scan"]);
    writeFileSync(join(clone.folder, "src", "cli", "main.test.ts"), "");
    await clone.start(["scan"]);

    expect(clone.buildCount()).toBe(1);

    clone.writeProgram(`console.log("newer");`);
    const { stdout } = await clone.start(["scan"]);

    expect(stdout).toBe("newer\n");
    expect(clone.buildCount()).toBe(2);
  });

  it("installs again when the lock file has changed", async () => {
    clone = makeClone("");
    await clone.start(["scan"]);
    const lockFile = join(clone.folder, "package-lock.json");
    appendFileSync(lockFile, "\n");

    const { stderr } = await clone.start(["scan"]);

    expect(stderr).toContain("installing");
  });

  it("stands where the user stands, and passes the exit code on", async () => {
    clone = makeClone(`console.log(process.cwd()); process.exitCode = 3;`);
    const from = join(clone.folder, "elsewhere");
    mkdirSync(from);

    const { code, stdout } = await clone.start(["scan"], { from });

    expect(stdout.trim()).toBe(realpathSync(from));
    expect(code).toBe(3);
  });

  it("says in one sentence that the build failed, leaves the old one alone and ends with 2", async () => {
    clone = makeClone(`console.log("good");`);
    await clone.start(["scan"]);
    clone.writeProgram(`syntax error`);

    const { code, stdout, stderr } = await clone.start(["scan"]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr.trim().split("\n").at(-1)).toMatch(/^weighbridge: the build failed/);
    expect(readdirSync(clone.folder).filter((name) => name.startsWith("dist"))).toEqual(["dist"]);
  });

  it("says in one sentence that installing failed, and ends with 2", async () => {
    clone = makeClone("");
    const manifest = { type: "module", engines, dependencies: { "not-in-the-lock": "1.0.0" } };
    writeFileSync(join(clone.folder, "package.json"), JSON.stringify(manifest));

    const { code, stderr } = await clone.start(["scan"]);

    expect(code).toBe(2);
    expect(stderr.trim().split("\n").at(-1)).toMatch(
      /^weighbridge: could not install the packages/,
    );
  });

  it("knows no other task", async () => {
    clone = makeClone("");

    const { code, stderr } = await clone.start(["toString"]);

    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^.*no task toString; .*\n$/),
    });
  });

  it.each(["in the same process", "in a child"])(
    "passes a signal to the program %s",
    async (where) => {
      clone = makeClone(waitForSignal);
      if (where === "in a child") outdateNode(clone);
      let sent = false;

      const { code, stdout } = await clone.start(["scan"], {
        onOutput: (text, pid) => {
          if (!sent && text.includes("ready")) sent = process.kill(pid, "SIGTERM");
        },
      });

      expect({ code, stdout }).toEqual({ code: 143, stdout: "ready\nending\n" });
    },
  );

  it("builds once where several start at a time", async () => {
    clone = makeClone(`console.log("ran");`);

    const outcomes = await Promise.all([1, 2, 3, 4].map(async () => await clone.start(["scan"])));

    expect(outcomes.map(({ code, stdout }) => ({ code, stdout }))).toEqual(
      Array.from({ length: 4 }, () => ({ code: 0, stdout: "ran\n" })),
    );
    expect(clone.buildCount()).toBe(1);
  });

  it("takes over from a start that was killed", async () => {
    clone = makeClone(`console.log("ran");`);
    const lock = join(clone.folder, ".lock-build");
    mkdirSync(lock);
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    writeFileSync(join(lock, "owner"), String(gone));
    mkdirSync(join(clone.folder, "dist.tmp-1"));

    const { stdout } = await clone.start(["scan"]);

    expect(stdout).toBe("ran\n");
    expect(readdirSync(clone.folder).filter((name) => /^(dist|\.lock)/.test(name))).toEqual([
      "dist",
    ]);
  });

  it("uses the pinned Node, first on the PATH, where the running one is too old", async () => {
    clone = makeClone(`console.log(process.env.PATH); process.exitCode = 4;`);
    const bin = outdateNode(clone);

    const { code, stdout } = await clone.start(["scan"]);

    expect(stdout.startsWith(`${bin}${delimiter}`)).toBe(true);
    expect(code).toBe(4);
  });

  it("dies of the signal that the program in a child died of", async () => {
    clone = makeClone(`process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000);`);
    outdateNode(clone);

    expect(await clone.start(["scan"])).toMatchObject({ code: null, signal: "SIGTERM" });
  });

  it("says what to install where no Node is pinned for the platform", async () => {
    clone = makeClone("");
    mkdirSync(join(clone.folder, "tools", "runtime"));
    writeFileSync(
      join(clone.folder, "tools/runtime/package.json"),
      `{ "optionalDependencies": {} }`,
    );
    requireNode(clone, ">=999");

    const { code, stderr } = await clone.start(["scan"]);

    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^weighbridge: no Node.js is pinned for .*; install Node.js 24 LTS .*\n$/,
    );
  });
});
