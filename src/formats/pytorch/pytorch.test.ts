import { describe, expect, it } from "vitest";

import {
  hostile,
  RECORDS,
  stateDict,
  torchMembers,
  torchZip,
} from "../../../test/builders/pytorch.ts";
import type { StorageSpec } from "../../../test/builders/pytorch.ts";
import { buildZip } from "../../../test/builders/zip.ts";
import type { ZipMemberSpec } from "../../../test/builders/zip.ts";
import { allFindings, rulesOf, scanBytes } from "../../../test/scan-bytes.ts";

const STORAGES: readonly StorageSpec[] = [
  { key: "0", elements: 100 },
  { key: "1", type: "BFloat16Storage", elements: 3, data: new Uint8Array(6).fill(0x41) },
];

/** The same members in an archive that other programs would write. */
function plainZip(change: (member: ZipMemberSpec) => ZipMemberSpec): Buffer {
  const members = torchMembers({ storages: STORAGES });
  return buildZip(members.map(({ name, data }) => change({ name: `model/${name}`, data })));
}

describe("pytorch", () => {
  it("accounts for every byte: records and pickle understood, storages inert", async () => {
    const report = await scanBytes(torchZip({ storages: STORAGES }), "model.pt");

    expect(report).toMatchObject({ verdict: "clean", format: "pytorch" });
    expect(report.coverage).toMatchObject({ inert: 406, unaccounted: 0 });
    expect(report.children.map(({ path }) => path)).toEqual(["archive/data.pkl"]);
  });

  it("reads what 1.6 wrote, without records but the version", async () => {
    expect(await scanBytes(torchZip({ storages: STORAGES, records: [] }))).toMatchObject({
      verdict: "clean",
      format: "pytorch",
    });
  });

  it("lists the names of the pickles on the file itself", async () => {
    const { facts } = await scanBytes(torchZip());

    expect(facts["pickle"]).toMatchObject({
      globals: [
        { module: "collections", name: "OrderedDict", used: "called", origin: "literal" },
        { module: "torch", name: "FloatStorage", used: "imported" },
        { module: "torch._utils", name: "_rebuild_tensor_v2", used: "called" },
      ],
    });
  });

  it("ignores wrong checksums, which torch writes on request", async () => {
    expect((await scanBytes(plainZip((member) => ({ ...member, crc: 0 })))).verdict).toBe("clean");
  });

  it("reads archives that were packed again", async () => {
    const report = await scanBytes(plainZip((member) => ({ ...member, method: 8 })));

    expect(report).toMatchObject({ verdict: "clean", format: "pytorch" });
    expect(report.coverage.inert).toBeGreaterThan(0);
  });

  it("does not take a member for a storage that no pickle names", async () => {
    const report = await scanBytes(
      torchZip({ more: [{ name: "data/7", data: new Uint8Array(64).fill(3) }] }),
    );

    expect(report.verdict).toBe("unknown");
    expect(report.children).toContainEqual(
      expect.objectContaining({ path: "archive/data/7", size: 64 }),
    );
  });

  it("finds a pickle in place of a storage, whether the object names it or not", async () => {
    const data = hostile();
    const unnamed = await scanBytes(torchZip({ more: [{ name: "data/7", data }] }));
    const named = await scanBytes(
      torchZip({ storages: [{ key: "0", type: "ByteStorage", elements: data.length, data }] }),
    );

    expect(unnamed.verdict).toBe("malicious");
    expect(named.verdict).toBe("malicious");
  });

  it("finds code in data.pkl and in any other member", async () => {
    expect((await scanBytes(torchZip({ object: hostile() }))).verdict).toBe("malicious");
    expect((await scanBytes(torchZip({ more: [{ name: "x/y", data: hostile() }] }))).verdict).toBe(
      "malicious",
    );
    expect(
      (await scanBytes(torchZip({ records: [{ name: "byteorder", data: hostile() }] }))).verdict,
    ).toBe("malicious");
  });

  it("believes of two members with one name neither to be a storage", async () => {
    const members = torchMembers({ storages: STORAGES }).map(({ name, data }) => ({
      name: `a/${name}`,
      data,
    }));
    const again = { name: "a/data/1", data: new Uint8Array(6).fill(0x42) };
    const otherCase = { name: "a/DATA/1", data: new Uint8Array(6).fill(0x42) };

    for (const more of [again, otherCase]) {
      const report = await scanBytes(buildZip([...members, more]));
      expect(report.verdict).not.toBe("clean");
    }
  });

  it("reports storages of another size than the pickle states", async () => {
    const object = stateDict([{ key: "0", elements: 100 }]);
    const short = await scanBytes(torchZip({ object, storages: [{ key: "0", elements: 99 }] }));
    const long = await scanBytes(torchZip({ object, storages: [{ key: "0", elements: 101 }] }));

    expect(short.verdict).toBe("suspicious");
    expect(long.verdict).toBe("unknown");
    for (const report of [short, long]) {
      expect(report.findings).toMatchObject([
        {
          rule: "pytorch/storage-size",
          locator: "sample!archive/data/0",
          evidence: { stated: 400 },
        },
      ]);
      expect(report.coverage.inert).toBe(0);
    }
    expect(rulesOf(await scanBytes(torchZip({ storages: STORAGES })))).toEqual([]);
  });

  it("is incomplete where a storage is missing", async () => {
    const report = await scanBytes(
      torchZip({ object: stateDict([{ key: "5", elements: 1 }]), storages: [] }),
    );

    expect(report).toMatchObject({ verdict: "incomplete", issues: [{ kind: "damaged" }] });
  });

  it("reads records by their content, not by their name", async () => {
    const odd = [
      { name: "version", data: "three" },
      { name: "byteorder", data: "middle" },
    ];
    for (const record of odd) {
      const members = torchMembers().map((member) =>
        member.name === record.name ? record : member,
      );
      const report = await scanBytes(
        buildZip(members.map(({ name, data }) => ({ name: `a/${name}`, data }))),
      );

      expect(report.verdict).toBe("unknown");
    }
    expect(RECORDS.map(({ name }) => name)).toContain("byteorder");
  });

  it("looks into storages of whatever kind of archive only as far as needed", async () => {
    const storages = Array.from({ length: 100 }, (_, key) => ({ key: String(key), elements: 4 }));
    const report = await scanBytes(torchZip({ storages }));

    expect(report.verdict).toBe("clean");
    expect(allFindings(report)).toEqual([]);
    expect(report.coverage.inert).toBe(100 * 16);
  });
});
