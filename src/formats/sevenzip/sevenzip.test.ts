import { describe, expect, it } from "vitest";

import { DEFAULT_LIMITS } from "../../kernel/limits.ts";
import { pickle } from "../../../test/builders/pickle.ts";
import { hostile } from "../../../test/builders/pytorch.ts";
import { buildSevenZip, signatureHeader } from "../../../test/builders/sevenzip.ts";
import { buildZip } from "../../../test/builders/zip.ts";
import { rulesOf, scanBytes } from "../../../test/scan-bytes.ts";

const DEFLATE = "040108";
const data = pickle().proto(2).value([1, 2, 3]).done();

describe("a 7z archive", () => {
  it("is clean where all that is in it is", async () => {
    const report = await scanBytes(buildSevenZip([{ members: [{ name: "a.pkl", data }] }]), "a.7z");

    expect(report).toMatchObject({
      format: "sevenzip",
      verdict: "clean",
      coverage: { unaccounted: 0 },
      facts: { archive: { container: "7z", members: 1 } },
    });
  });

  it.each([[["00"]], [[DEFLATE]]])("gives the members of a solid folder, %s", async (methods) => {
    const members = [
      { name: "a.pkl", data },
      { name: "b.pkl", data: hostile() },
      { name: "c.pkl", data },
    ];
    const report = await scanBytes(
      buildSevenZip([{ members, methods }, { members: [{ name: "d.pkl", data }] }]),
      "a.7z",
    );

    expect(report.children.map(({ path, verdict }) => [path, verdict])).toEqual([
      ["a.pkl", "clean"],
      ["b.pkl", "malicious"],
      ["c.pkl", "clean"],
      ["d.pkl", "clean"],
    ]);
  });

  it("may have nothing in it, or only empty files", async () => {
    const nothing = signatureHeader(0, new Uint8Array());
    const empty = buildSevenZip([], {
      empty: [{ name: "a" }, { name: "b", isFolder: true }],
    });

    expect((await scanBytes(nothing, "a.7z")).verdict).toBe("clean");
    expect((await scanBytes(empty, "a.7z")).verdict).toBe("clean");
  });

  it("is found in a zip file, and finds one in itself", async () => {
    const inner = buildSevenZip([{ members: [{ name: "a.pkl", data: hostile() }] }]);
    const zip = buildZip([{ name: "model/data.7z", data: inner }]);
    const outer = buildSevenZip([{ members: [{ name: "m.zip", data: zip }], methods: [DEFLATE] }]);

    const report = await scanBytes(outer, "a.7z");

    expect(report.verdict).toBe("malicious");
    expect(report.children[0]?.children[0]).toMatchObject({ format: "sevenzip" });
  });
});

describe("what is hidden in a 7z archive", () => {
  it.each([
    ["before the packed bytes", { gap: hostile() }],
    ["behind the archive", { trailing: hostile() }],
  ])("is scanned %s", async (_, options) => {
    const report = await scanBytes(
      buildSevenZip([{ members: [{ name: "a.pkl", data }] }], options),
      "a.7z",
    );

    expect(report.verdict).toBe("malicious");
    expect(rulesOf(report)).toContain("archive/trailing-data");
  });

  it("is scanned where the directory lists no file for it", async () => {
    const members = [
      { name: "a.pkl", data },
      { name: "b.pkl", data: hostile() },
    ];
    const report = await scanBytes(buildSevenZip([{ members }], { unlisted: 1 }), "a.7z");

    expect(rulesOf(report)).toEqual(
      expect.arrayContaining(["archive/hidden-entry", "pickle/dangerous-call"]),
    );
  });

  it("is reported behind the end of a packed stream", async () => {
    const packed = Buffer.concat([
      // A last block of stored bytes.
      Buffer.from([1, data.length, 0, 0xff - data.length, 0xff]),
      data,
      hostile(),
    ]);
    const folder = { members: [{ name: "a.pkl", data }], methods: [DEFLATE], packed };
    const report = await scanBytes(buildSevenZip([folder]), "a.7z");

    expect(report.verdict).toBe("incomplete");
    expect(JSON.stringify(report)).toContain("bytes follow the packed data of the members");
  });
});

describe("a 7z archive that is not whole", () => {
  const archive = buildSevenZip([{ members: [{ name: "a.pkl", data }] }]);

  it("is incomplete as a first volume, and says so", async () => {
    const report = await scanBytes(archive.subarray(0, 40), "a.7z.001");

    expect(report.verdict).toBe("incomplete");
    expect(report.issues[0]?.message).toContain("first volume of an archive in several");
  });

  it("still gives what comes out before the damage", async () => {
    const members = [
      { name: "a.pkl", data: hostile() },
      { name: "b.pkl", data: Buffer.alloc(3000, "b") },
    ];
    const sound = buildSevenZip([{ members, methods: [DEFLATE] }]);
    sound[32 + 110] = sound[32 + 110]! ^ 0xff;

    expect((await scanBytes(sound, "a.7z")).verdict).toBe("malicious");
  });

  it("is incomplete where a checksum does not hold", async () => {
    const wrong = buildSevenZip([{ members: [{ name: "a.pkl", data, crc: 7 }] }]);
    const report = await scanBytes(wrong, "a.7z");

    expect(report.verdict).toBe("incomplete");
    expect(report.children[0]?.issues[0]?.kind).toBe("damaged");
  });

  it("is incomplete where its directory is encrypted", async () => {
    const closed = buildSevenZip([{ members: [{ name: "a.pkl", data }] }], {
      encoded: ["06f10701"],
    });
    const report = await scanBytes(closed, "a.7z");

    expect(report.issues[0]).toMatchObject({ kind: "encrypted" });
    expect(rulesOf(report)).toContain("archive/encrypted");
  });

  it("is scanned as it lies there where a method is not known", async () => {
    const members = [{ name: "a.pkl", data: hostile() }];
    const report = await scanBytes(buildSevenZip([{ members, methods: ["7f"] }]), "a.7z");

    expect(report.verdict).toBe("malicious");
    expect(rulesOf(report)).toContain("archive/unsupported-method");
  });
});

describe("a program that carries a 7z archive", () => {
  const archive = buildSevenZip([{ members: [{ name: "a.pkl", data: hostile() }] }]);

  it.each([
    ["behind a small stub", 1000],
    ["behind one that is larger than what detection sees", 200_000],
  ])("is malicious for it %s", async (_, size) => {
    const stub = Buffer.alloc(size, "stub ");
    stub.write("MZ");
    const report = await scanBytes(Buffer.concat([stub, archive]), "setup.exe");

    expect(report.verdict).toBe("malicious");
    expect(rulesOf(report)).toContain("pickle/dangerous-call");
  });
});

describe("methods that the library unpacks", () => {
  // A filter for ARM behind plain data; the packed bytes have no branch that it would change.
  const methods = ["00", "03030501"];

  it("give their members, between others", async () => {
    const report = await scanBytes(
      buildSevenZip([
        { members: [{ name: "a.pkl", data }] },
        { members: [{ name: "\u00e9.pkl", data: hostile() }], methods },
        {
          members: [
            { name: "c.pkl", data },
            { name: "d.pkl", data },
          ],
          methods,
        },
      ]),
      "a.7z",
    );

    expect(report.issues).toEqual([]);
    expect(report.children.map(({ path, verdict }) => [path, verdict])).toEqual([
      ["a.pkl", "clean"],
      ["\u00e9.pkl", "malicious"],
      ["c.pkl", "clean"],
      ["d.pkl", "clean"],
    ]);
  });

  it("are damaged where something else comes out than the directory says", async () => {
    const members = [{ name: "a.pkl", data, crc: 7 }];
    const report = await scanBytes(buildSevenZip([{ members, methods }]), "a.7z");

    expect(report.children[0]?.issues[0]).toMatchObject({ kind: "damaged" });
  });
});

describe("limits on a 7z archive", () => {
  it("stop the members that it may have", async () => {
    const members = Array.from({ length: 20 }, (_, index) => ({ name: `${index}.pkl`, data }));
    const limits = { ...DEFAULT_LIMITS, entries: 10 };
    const report = await scanBytes(buildSevenZip([{ members }]), "a.7z", { limits });

    expect(report.issues[0]).toMatchObject({ kind: "limit" });
  });

  it("stop what comes out of it", async () => {
    const members = [{ name: "zeros", data: Buffer.alloc(4 * 1024 * 1024) }];
    const limits = { ...DEFAULT_LIMITS, outputBytes: 1024 * 1024, outputRatio: 0 };
    const bomb = buildSevenZip([{ members, methods: [DEFLATE] }]);
    const report = await scanBytes(bomb, "a.7z", { limits });

    expect(report.verdict).toBe("incomplete");
    expect(report.children[0]?.issues[0]?.kind).toBe("limit");
  });

  it("hold against a directory that claims a billion members", async () => {
    const directory = Buffer.from([1, 5, 0xf0, 0xff, 0xff, 0xff, 0x7f, 0, 0]);
    const report = await scanBytes(
      Buffer.concat([signatureHeader(0, directory), directory]),
      "a.7z",
    );

    expect(report.issues[0]).toMatchObject({ kind: "limit" });
  });
});
