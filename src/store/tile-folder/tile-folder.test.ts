/** A log's folder: what is private, what a crash of the process leaves, and writers that come at once. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { withFileLock } from "./file-lock.ts";
import { tileFolder } from "./tile-folder.ts";

let work: string;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "weighbridge-test-"));
});

afterEach(() => {
  rmSync(work, { recursive: true, force: true });
});

const onPosix = process.platform !== "win32";

describe("tileFolder", () => {
  it("gives back what was written, and nothing for what is not there", async () => {
    const storage = tileFolder(join(work, "log"), { create: true });
    expect(await storage.read("checkpoint")).toBeUndefined();
    expect(await storage.read("tile/0/x001/000")).toBeUndefined();
    await storage.write("tile/0/x001/000", Buffer.from("tile"));
    await storage.sync();
    await storage.replace("checkpoint", Buffer.from("one"));
    await storage.replace("checkpoint", Buffer.from("two"));
    expect(Buffer.from((await storage.read("checkpoint")) ?? []).toString()).toBe("two");
    expect(await storage.read("tile/0")).toBeUndefined();
    expect(await storage.read("checkpoint/0")).toBeUndefined();
    const paths: string[] = [];
    for await (const path of storage.list()) paths.push(path);
    expect(paths.sort()).toEqual(["checkpoint", "tile/0/x001/000"]);
  });

  it.skipIf(!onPosix)("keeps what is private for its owner alone", async () => {
    const folder = join(work, "log");
    const storage = tileFolder(folder, { create: true });
    await storage.exclusively(() => storage.secrets.replace("key", Buffer.from("secret")));
    await storage.replace("checkpoint", Buffer.from("public"));
    expect(statSync(join(folder, ".state")).mode & 0o777).toBe(0o700);
    for (const name of readdirSync(join(folder, ".state"))) {
      expect(statSync(join(folder, ".state", name)).mode & 0o777, name).toBe(0o600);
    }
    expect(statSync(join(folder, "checkpoint")).mode & 0o777).toBe(0o644);
  });

  it("removes what is below a folder, and nothing where there is none", async () => {
    const storage = tileFolder(work);
    await storage.write("tile/0/000.p/1", Buffer.from("a"));
    await storage.write("tile/0/000", Buffer.from("b"));
    await storage.discard("tile/0/000.p");
    await storage.discard("tile/0/001.p");
    expect(readdirSync(join(work, "tile/0"))).toEqual(["000"]);
    await storage.sync();
  });

  it("leaves nothing half-written beside what it wrote", async () => {
    const storage = tileFolder(work);
    await storage.write("a", Buffer.from("a"));
    await storage.sync();
    expect(readdirSync(work)).toEqual(["a"]);
  });

  it("says what it cannot do", async () => {
    expect(() => tileFolder(join(work, "none"))).toThrow(
      expect.objectContaining({ code: "SOURCE_NOT_FOUND" }),
    );
    writeFileSync(join(work, "file"), "");
    const storage = tileFolder(work);
    await expect(storage.write("file/0", Buffer.from("x"))).rejects.toMatchObject({
      code: "OUTPUT_FAILED",
    });
  });

  it.skipIf(!onPosix)("may be a link to a folder", async () => {
    symlinkSync(work, join(work, "link"));
    await tileFolder(join(work, "link")).write("a", Buffer.from("a"));
    expect(existsSync(join(work, "a"))).toBe(true);
  });
});

describe("withFileLock", () => {
  it("lets one work at a time, in the order of asking within a process", async () => {
    const path = join(work, "lock");
    const order: string[] = [];
    const step = (name: string) => async (): Promise<void> => {
      order.push(`${name} in`);
      await new Promise((resolve) => {
        setTimeout(resolve, 5);
      });
      order.push(`${name} out`);
    };
    await Promise.all(["a", "b", "c"].map((name) => withFileLock(path, step(name))));
    expect(order).toEqual(["a in", "a out", "b in", "b out", "c in", "c out"]);
  });

  it("is free again after work that failed", async () => {
    const path = join(work, "lock");
    await expect(withFileLock(path, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    await expect(withFileLock(path, () => Promise.resolve(1))).resolves.toBe(1);
  });

  it("is free again when its owner is killed, and waited for until then", async () => {
    const path = join(work, "lock");
    const module = new URL("file-lock.ts", import.meta.url).href;
    const program = `
      import { withFileLock } from ${JSON.stringify(module)};
      await withFileLock(${JSON.stringify(path)}, () => {
        console.log("mine");
        return new Promise((resolve) => setTimeout(resolve, 60_000));
      });`;
    const owner = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(owner.stdout, "data");

    await expect(withFileLock(path, () => Promise.resolve(), { patience: 50 })).rejects.toThrow(
      /another process has been writing to the log/,
    );
    const turn = withFileLock(path, () => Promise.resolve("after all"));
    owner.kill("SIGKILL");
    await expect(turn).resolves.toBe("after all");
  });

  it("says where there can be none", async () => {
    const path = join(work, "none", "lock");
    await expect(withFileLock(path, () => Promise.resolve())).rejects.toMatchObject({
      code: "OUTPUT_FAILED",
    });
  });
});
