/** What others pack into 7z archives, and what they see in ours: CPython's lzma and bz2, py7zr, libarchive. */

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

import { MemorySource } from "../../src/bytes/memory-source.ts";
import { isProblem, openArchive } from "../../src/codecs/libarchive/open-archive.ts";
import type { FileReport } from "../../src/kernel/report.ts";
import { buildSevenZip } from "../builders/sevenzip.ts";
import { hasPython } from "../fuzz/oracle.ts";
import { scanBytes } from "../scan-bytes.ts";

const PROGRAM = fileURLToPath(new URL("sevenzip.py", import.meta.url));

function run(task: string, input = ""): { readonly ok: boolean; readonly lines: string[] } {
  const { stdout, status } = spawnSync("python3", ["-I", PROGRAM, task], {
    input,
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  return { ok: status === 0, lines: (stdout ?? "").trimEnd().split("\n") };
}

const hasPy7zr = hasPython() && run("has-py7zr").ok;

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The same as the Python program has. */
const DATA = Buffer.concat(
  Array.from({ length: 3000 }, (_, index) =>
    Buffer.concat([Buffer.alloc(index % 40, index % 251), Buffer.from([0xe8, 0, 0x10, 0, 0])]),
  ),
);

function digests({ children }: FileReport): (readonly [string, string | undefined])[] {
  return children.map(({ path, digests: { sha256: digest } }) => [path, digest]);
}

function damage({ issues, children }: FileReport): unknown[] {
  return [...issues, ...children.flatMap((child) => child.issues)];
}

const members = [
  { name: "folder/a.bin", data: DATA.subarray(0, 5000) },
  { name: "b.bin", data: DATA.subarray(5000) },
];

describe.skipIf(!hasPython())("what CPython packs", () => {
  it("comes out again, in every chain of methods", async () => {
    const { lines } = run("pack");

    expect(lines.length).toBe(5);
    for (const line of lines) {
      const [methods, properties, packed] = JSON.parse(line) as [string[], string[], string];
      const folder = {
        members,
        methods,
        properties: properties.map((hex) => Buffer.from(hex ?? "", "hex")),
        packed: Buffer.from(packed, "hex"),
      };
      const report = await scanBytes(buildSevenZip([folder]), "a.7z");

      expect(damage(report), methods.join()).toEqual([]);
      expect(digests(report), methods.join()).toEqual(
        members.map(({ name, data }) => [name, sha256(data)]),
      );
    }
  });
});

describe.skipIf(!hasPy7zr)("py7zr", () => {
  it("writes nothing that we do not read", async () => {
    for (const line of run("write").lines) {
      const [name = "", text = ""] = line.split(" ");
      const report = await scanBytes(Buffer.from(text, "base64"), "a.7z");

      expect(damage(report), name).toEqual([]);
      expect(report.coverage.unaccounted, name).toBe(0);
      expect(digests(report), name).toEqual([
        ["folder/data.bin", sha256(DATA)],
        ["empty.bin", sha256(new Uint8Array())],
        ["more.bin", sha256(DATA.subarray(0, 1000))],
      ]);
    }
  });

  it("sees the same in what we build", () => {
    const built = [
      buildSevenZip([{ members }]),
      buildSevenZip([{ members, methods: ["040108"] }], { encoded: ["040108"] }),
      buildSevenZip(members.map((member) => ({ members: [member] }))),
    ];
    const input = built.map((bytes) => `${bytes.toString("base64")}\n`).join("");
    const expected = members.map(({ name, data }) => [name, sha256(data)]).toReversed();

    expect(run("list", input).lines.map((line) => JSON.parse(line) as unknown)).toEqual(
      built.map(() => expected),
    );
  });
});

describe("libarchive", () => {
  it("sees the same in what we build", async () => {
    const bytes = buildSevenZip([{ members, methods: ["040108"] }], { encoded: ["00"] });
    const source = new MemorySource(bytes, "archive");
    const archive = await openArchive(source, { start: 0, end: bytes.length }, { memory: 2 ** 26 });
    if (isProblem(archive)) throw new Error(archive.detail);
    const contents: string[] = [];
    while (archive.next() === true) {
      const pieces: Buffer[] = [];
      for (let piece = archive.read(); piece !== undefined; piece = archive.read()) {
        if (isProblem(piece)) throw new Error(piece.detail);
        pieces.push(Buffer.from(piece));
      }
      contents.push(sha256(Buffer.concat(pieces)));
    }

    expect(contents).toEqual(members.map(({ data }) => sha256(data)));
  });
});
