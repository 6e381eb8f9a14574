/** A quick scan takes the directory's word for storages, and nobody's for what is none. */

import { describe, expect, it } from "vitest";

import { hostile, torchMembers, torchZip } from "../../../test/builders/pytorch.ts";
import type { StorageSpec } from "../../../test/builders/pytorch.ts";
import { buildZip } from "../../../test/builders/zip.ts";
import { rulesOf, scanBytes } from "../../../test/scan-bytes.ts";

const QUICK = { quick: true };
const STORAGES: readonly StorageSpec[] = Array.from({ length: 5 }, (_, index) => ({
  key: `${index}`,
  elements: 100 + index,
}));

describe("pytorch, quickly", () => {
  it("accounts for every byte without reading the headers of storages", async () => {
    const bytes = torchZip({ storages: STORAGES });
    const full = await scanBytes(bytes);
    const quick = await scanBytes(bytes, "model.pt", QUICK);

    expect(quick).toMatchObject({ verdict: "clean", digests: {}, format: "pytorch" });
    expect(quick.coverage.unaccounted).toBe(0);
    expect(quick.coverage.read).toBeLessThanOrEqual(full.coverage.read);
    expect(quick.notRun).toEqual(["archive/header-mismatch", "archive/hidden-entry"]);
    expect(full.notRun).toBeUndefined();
  });

  it("reads a member that only looks like a storage by its place", async () => {
    const members = torchMembers({ storages: STORAGES }).map((member) => ({
      ...member,
      name: `model/${member.name}`,
    }));
    const report = await scanBytes(
      buildZip([...members, { name: "model/data/99", data: hostile() }]),
      "model.pt",
      QUICK,
    );

    expect(report.verdict).toBe("malicious");
    expect(rulesOf(report)).toContain("pickle/dangerous-call");
  });

  it("is incomplete where such a member is not where the directory's order says", async () => {
    const members = torchMembers({ storages: STORAGES }).map((member) => ({
      ...member,
      name: `model/${member.name}`,
    }));
    const hidden = { name: "model/data/99", data: hostile(), local: { name: "model/data/98" } };
    const report = await scanBytes(buildZip([...members, hidden]), "model.pt", QUICK);

    expect(report.issues.concat(report.children.flatMap(({ issues }) => issues))).toContainEqual(
      expect.objectContaining({ kind: "damaged", locator: "model.pt!model/data/99" }),
    );
  });
});
