import { execFile, execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { AppError } from "../../kernel/errors.ts";
import type { Tree, TreeFile } from "../../kernel/tree.ts";
import { localTree } from "./local-tree.ts";
import { streamTree } from "./stream-tree.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-test-"));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function write(path: string | Buffer, text = "x"): void {
  writeFileSync(typeof path === "string" ? join(folder, path) : path, text);
}

async function list(tree: Tree): Promise<TreeFile[]> {
  const files: TreeFile[] = [];
  for await (const file of tree.list()) {
    files.push(file);
  }
  return files;
}

async function content(file: TreeFile): Promise<string> {
  const source = await file.open();
  const buffer = Buffer.alloc(100);
  const count = await source.readInto(buffer, 0);
  source.close?.();
  return buffer.toString("utf8", 0, count);
}

function errorOf(action: () => unknown): AppError {
  try {
    action();
  } catch (error) {
    if (error instanceof AppError) {
      return error;
    }
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("localTree of a file", () => {
  it("is that file under its own name, even through a link", async () => {
    write("a.pkl", "content");
    symlinkSync("a.pkl", join(folder, "link.pkl"));

    for (const name of ["a.pkl", "link.pkl"]) {
      const tree = localTree(join(folder, name));
      const [file, ...more] = await list(tree);

      expect([tree.kind, tree.ref, file!.path, file!.kind]).toEqual([
        "file",
        join(folder, name),
        name,
        "file",
      ]);
      expect(more).toEqual([]);
      expect(await content(file!)).toBe("content");
    }
  });

  it("knows size and identity without opening it", async () => {
    write("a", "12345");
    write("b", "12345");
    symlinkSync("a", join(folder, "c"));
    const [a, b, c] = await list(localTree(folder));

    expect([a!.size, c!.size]).toEqual([5, 5]);
    expect(a!.identity).toMatch(/^\d+:\d+:\d+$/);
    expect(a!.identity).not.toBe(b!.identity);
    expect(a!.identity).toBe(c!.identity);
  });

  it.skipIf(process.platform !== "linux")("finds a name that is not UTF-8", async () => {
    write(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0x61, 0xff])]), "odd");
    const tree = localTree(join(folder, "a\ufffd"));
    const [file] = await list(tree);

    expect(file!.path).toBe(String.raw`a\xff`);
    expect(await content(file!)).toBe("odd");
  });

  it.skipIf(process.platform === "win32")("reads a named pipe like standard input", async () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const [file] = await list(localTree(pipe));
    execFile("sh", ["-c", `printf hello > "${pipe}"`]);

    expect(await content(file!)).toBe("hello");
  });
});

describe("localTree of a folder", () => {
  it("lists in the byte order of paths", async () => {
    mkdirSync(join(folder, "a"));
    mkdirSync(join(folder, "empty"));
    for (const name of ["a/x", "a.b", "a-", "a0", "\u{1f600}", "\uff5e", "Z"]) {
      write(name);
    }
    const paths = (await list(localTree(folder))).map(({ path }) => path);

    expect(paths).toEqual(["Z", "a-", "a.b", "a/x", "a0", "\uff5e", "\u{1f600}"]);
    expect(paths).toEqual(paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });

  it("says where it really is", () => {
    mkdirSync(join(folder, "real"));
    symlinkSync("real", join(folder, "link"));

    expect(localTree(join(folder, "link")).location).toBe(join(realpathSync(folder), "real"));
  });

  it("lists links with where they lead, and never follows them itself", async () => {
    mkdirSync(join(folder, "dir"));
    write("dir/f");
    symlinkSync("dir", join(folder, "to-dir"));
    symlinkSync("dir/f", join(folder, "to-file"));
    symlinkSync("nowhere", join(folder, "dangling"));
    symlinkSync("circle", join(folder, "circle"));
    const files = await list(localTree(folder));
    const links = files.filter(({ kind }) => kind === "link");

    expect(
      links.map(({ path, linkTarget, size, problem }) => [path, linkTarget, size, problem]),
    ).toEqual([
      ["circle", "circle", undefined, "its links lead in a circle"],
      ["dangling", "nowhere", undefined, "what it leads to does not exist"],
      ["to-dir", "dir", undefined, undefined],
      ["to-file", "dir/f", 1, undefined],
    ]);
    await expect(links[1]!.open()).rejects.toThrow("dangling: what it leads to does not exist");
  });

  it.skipIf(process.platform === "win32")("lists what is no file with the reason", async () => {
    execFileSync("mkfifo", [join(folder, "pipe")]);
    symlinkSync("pipe", join(folder, "to-pipe"));
    const files = await list(localTree(folder));

    expect(files.map(({ kind, problem }) => [kind, problem])).toEqual([
      ["other", "it is a named pipe, not a file"],
      ["link", "it leads to something that is not a file"],
    ]);
    await expect(files[0]!.open()).rejects.toThrow("it is a named pipe");
  });

  it.skipIf(process.platform !== "linux")("reaches names that are not UTF-8", async () => {
    const odd = Buffer.concat([Buffer.from(`${folder}/`), Buffer.from([0xc3, 0xa9, 0x80, 0x61])]);
    mkdirSync(odd);
    write(Buffer.concat([odd, Buffer.from("/f")]), "inside");
    write("\ufffd", "a name that only looks odd");
    const files = await list(localTree(folder));

    expect(files.map(({ path }) => path)).toEqual([String.raw`é\x80a/f`, "\ufffd"]);
    expect(await content(files[0]!)).toBe("inside");
    expect(await content(files[1]!)).toBe("a name that only looks odd");
    expect(Buffer.from(files[0]!.rawName).toString()).toBe("f");
  });

  it("lists a deep folder tree", async () => {
    const depth = 600;
    mkdirSync(join(folder, "d/".repeat(depth)), { recursive: true });
    write(`${"d/".repeat(depth)}f`);
    const [file, ...more] = await list(localTree(folder));

    expect(file!.path).toBe(`${"d/".repeat(depth)}f`);
    expect(more).toEqual([]);
  });

  it.skipIf(process.platform !== "linux")("says which folder is too deep to open", async () => {
    execFileSync(
      "sh",
      [
        "-c",
        'i=0; while [ $i -lt 30 ]; do n=$(printf "%0200d" 0); mkdir $n; cd -P $n; i=$((i+1)); done; touch f',
      ],
      { cwd: folder },
    );
    const [file, ...more] = await list(localTree(folder));

    expect(file!.path.endsWith("/")).toBe(true);
    expect(file!.problem).toBe(
      "its files cannot be listed: its path is longer than this system can open",
    );
    expect(more).toEqual([]);
    execFileSync("rm", ["-rf", folder]);
  });

  it.skipIf(process.getuid?.() === 0)("keeps a folder that may not be listed", async () => {
    mkdirSync(join(folder, "secret"));
    chmodSync(join(folder, "secret"), 0);
    const files = await list(localTree(folder));
    chmodSync(join(folder, "secret"), 0o700);

    expect(files.map(({ path, problem }) => [path, problem])).toEqual([
      ["secret/", "its files cannot be listed: there is no permission to read it"],
    ]);
  });
});

describe("localTree that is given up", () => {
  it("throws instead of looking shorter than it is", async () => {
    write("a");
    write("b");
    const controller = new AbortController();
    const seen: string[] = [];

    await expect(
      (async () => {
        for await (const file of localTree(folder).list(controller.signal)) {
          seen.push(file.path);
          controller.abort();
        }
      })(),
    ).rejects.toMatchObject({ code: "ABORTED" });
    expect(seen).toEqual(["a"]);
  });
});

describe("localTree of nothing", () => {
  it("says that there is no such file", () => {
    const error = errorOf(() => localTree(join(folder, "gone")));

    expect(error.code).toBe("SOURCE_NOT_FOUND");
    expect(error.message).toBe(`no such file or folder: ${join(folder, "gone")}`);
  });

  it("says that links lead in a circle", () => {
    symlinkSync("b", join(folder, "a"));
    symlinkSync("a", join(folder, "b"));

    expect(errorOf(() => localTree(join(folder, "a"))).code).toBe("SOURCE_LOOP");
  });

  it.skipIf(process.platform === "win32")("refuses devices", () => {
    expect(errorOf(() => localTree("/dev/null")).message).toBe(
      "/dev/null is neither a file nor a folder",
    );
  });
});

describe("streamTree", () => {
  async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
    for (const text of texts) {
      yield Buffer.from(text);
    }
  }

  it("reads the stream once and gives its bytes as often as they are wanted", async () => {
    let opened = 0;
    const tree = streamTree({
      kind: "stdin",
      ref: "-",
      path: "stdin",
      chunks: () => {
        opened += 1;
        return chunks("ab", "c");
      },
    });
    const [file] = await list(tree);

    expect(opened).toBe(0);
    expect(await content(file!)).toBe("abc");
    expect(await content(file!)).toBe("abc");
    expect(opened).toBe(1);
  });

  it("keeps a large stream outside of memory and still gives it twice", async () => {
    const block = Buffer.alloc(1024 * 1024, 7);
    async function* large() {
      for (let index = 0; index < 20; index += 1) {
        yield block;
      }
    }
    const tree = streamTree({ kind: "stdin", ref: "-", path: "stdin", chunks: large });
    const [file] = await list(tree);
    const first = await file!.open();
    first.close?.();
    const second = await file!.open();
    const buffer = Buffer.alloc(10);

    expect(second.size).toBe(20 * 1024 * 1024);
    expect(await second.readInto(buffer, 20 * 1024 * 1024 - 4)).toBe(4);
    expect(buffer.subarray(0, 4)).toEqual(Buffer.alloc(4, 7));
  });

  it("ends with ABORTED when the stream was cut by the user", async () => {
    const controller = new AbortController();
    async function* endless() {
      yield Buffer.from("a");
      controller.abort();
      throw new Error("the operation was aborted");
    }
    const tree = streamTree({ kind: "stdin", ref: "-", path: "stdin", chunks: endless });
    for await (const file of tree.list(controller.signal)) {
      await expect(file.open()).rejects.toMatchObject({ code: "ABORTED" });
    }
  });
});
