import { describe, expect, it } from "vitest";

import { MemorySource } from "../../bytes/memory-source.ts";
import { buildCab } from "../../../test/builders/cab.ts";
import { buildSevenZip } from "../../../test/builders/sevenzip.ts";
import { isProblem, openArchive } from "./open-archive.ts";
import type { LibraryArchive } from "./open-archive.ts";

const MEMORY = 64 * 1024 * 1024;

async function open(bytes: Uint8Array, memory = MEMORY): Promise<LibraryArchive> {
  const source = new MemorySource(bytes, "archive");
  const archive = await openArchive(source, { start: 0, end: bytes.length }, { memory });
  if (isProblem(archive)) throw new Error(archive.detail);
  return archive;
}

function everything(archive: LibraryArchive): string[] {
  const contents: string[] = [];
  for (let step = archive.next(); step !== undefined; step = archive.next()) {
    if (isProblem(step)) return [...contents, step.kind];
    let text = "";
    for (let piece = archive.read(); piece !== undefined; piece = archive.read()) {
      if (isProblem(piece)) return [...contents, piece.kind];
      text += Buffer.from(piece).toString("latin1");
    }
    contents.push(text);
  }
  return contents;
}

const files = [
  { name: "a.txt", data: Buffer.from("first") },
  { name: "b.txt", data: Buffer.alloc(600_000, "b") },
];

describe("an archive in the library", () => {
  it("gives one content after another", async () => {
    const contents = everything(await open(buildCab(files, { isPacked: true })));

    expect(contents).toEqual(["first", "b".repeat(600_000)]);
  });

  it("loses no member because of its name", async () => {
    const members = [
      { name: "模型.txt", data: Buffer.from("first") },
      { name: "\ud800.txt", data: Buffer.from("second") },
      { name: "c.txt", data: Buffer.from("third") },
    ];

    expect(everything(await open(buildSevenZip([{ members }])))).toEqual([
      "first",
      "second",
      "third",
    ]);
  });

  it("says that it is damaged", async () => {
    const bytes = buildCab(files, { isPacked: true });
    bytes.fill(0xff, bytes.length - 100);

    expect(everything(await open(bytes)).at(-1)).toBe("damaged");
  });

  it("gets no memory for a dictionary that it only claims", async () => {
    const claims = Buffer.from([0x5d, 0, 0, 0, 0x40]);
    const bytes = buildSevenZip([
      {
        members: [{ name: "a", data: Buffer.alloc(100) }],
        methods: ["030101"],
        properties: [claims],
        packed: Buffer.alloc(200),
      },
    ]);

    expect(everything(await open(bytes))).toEqual(["limit"]);
  });
});
