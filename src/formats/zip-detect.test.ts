import { describe, expect, it } from "vitest";

import { pickle } from "../../test/builders/pickle.ts";
import { buildTar } from "../../test/builders/tar.ts";
import { buildTorchZip, buildZip } from "../../test/builders/zip.ts";
import type { ZipMemberSpec } from "../../test/builders/zip.ts";
import { peekZip } from "./zip-detect.ts";
import type { PeekedZip } from "./zip-detect.ts";

/** As the engine does it. */
function peek(bytes: Buffer): PeekedZip {
  const head = bytes.subarray(0, 65_536);
  const tail = bytes.length <= 65_536 ? head : bytes.subarray(Math.max(0, bytes.length - 67_584));
  return peekZip(head, tail, bytes.length);
}

const a: ZipMemberSpec = { name: "a.txt", data: "alpha" };
const large: ZipMemberSpec = { name: "large.bin", data: Buffer.alloc(200_000, 1) };

describe("peekZip", () => {
  it.each([
    ["a small archive", buildZip([a])],
    ["a large one", buildZip([a, large])],
    ["an empty one", buildZip([])],
    ["ZIP64", buildZip([a], { zip64: true })],
    ["an empty one with ZIP64", buildZip([], { zip64: true })],
    ["a checkpoint", buildTorchZip("archive", [{ name: "data.pkl", data: "x" }])],
    ["one with a comment", buildZip([a], { comment: "comment" })],
    ["one that was to be split", buildZip([a], { prefix: "PK00", absolute: true })],
    ["a little junk behind it", buildZip([a], { trailing: "junk" })],
  ])("is certain of %s", (_, bytes) => {
    expect(peek(bytes).match).toBe("certain");
  });

  it.each([
    ["something lies before it", buildZip([a], { prefix: "#!python\n" })],
    ["something large lies before it", buildZip([a], { prefix: Buffer.alloc(200_000, 2) })],
    ["a pickle lies before it", buildZip([a], { prefix: pickle().proto(2).value(1).done() })],
    ["it has no directory", buildZip([a], { noDirectory: true })],
    ["its directory is out of sight", buildZip([a], { trailing: Buffer.alloc(70_000, "x") })],
    ["it is cut", buildZip([a]).subarray(0, 60)],
  ])("thinks it likely where %s", (_, bytes) => {
    expect(peek(bytes).match).toBe("likely");
  });

  it("thinks it possible where it lies inside of something", () => {
    const inside = { prefix: "before", trailing: "behind" };
    expect(peek(buildZip([a], inside)).match).toBe("possible");
  });

  it("leaves archives to the pickles and tar files that hold them", () => {
    const bytes = pickle()
      .proto(4)
      .value(buildZip([a]).toString("latin1"))
      .done();
    expect(peek(Buffer.from(bytes)).match).toBe("none");
    expect(peek(buildTar([{ name: "a.zip", data: buildZip([a]) }])).match).toBe("none");
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["a signature alone", Buffer.from("PK\u0003\u0004")],
    ["an end record that leads nowhere", Buffer.from(`text PK\u0005\u0006${"\u0001".repeat(18)}`)],
    [
      "an end record of nothing inside of text",
      Buffer.from(`text PK\u0005\u0006${"\0".repeat(18)}`),
    ],
    ["text", Buffer.from("PK is a name")],
  ])("does not take %s for an archive", (_, bytes) => {
    expect(peek(bytes).match).toBe("none");
  });

  it("lists names from the directory and from the head", () => {
    expect(peek(buildZip([a, { name: "ö", flags: 0x800 }])).names).toEqual([
      "a.txt",
      "ö",
      "a.txt",
      "ö",
    ]);
    const many = Array.from({ length: 5000 }, (_, index) => ({ name: `data/${index}` }));
    const { names } = peek(buildZip([a, ...many]));
    expect(names).toContain("a.txt");
    expect(names).toContain("data/4999");
    expect(peek(buildZip([a, large], { noDirectory: true })).names).toEqual(["a.txt", "large.bin"]);
  });
});
