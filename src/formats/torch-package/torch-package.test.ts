import { describe, expect, it } from "vitest";

import { hostile, stateDict } from "../../../test/builders/pytorch.ts";
import type { TorchMember } from "../../../test/builders/pytorch.ts";
import { buildTorchZip } from "../../../test/builders/zip.ts";
import { rulesOf, scanBytes } from "../../../test/scan-bytes.ts";

const STORAGES = [{ key: "0", elements: 4 }];

function packaged(more: readonly TorchMember[] = []): Buffer {
  return buildTorchZip("model", [
    { name: ".data/0.storage", data: new Uint8Array(16) },
    { name: "net/net.pkl", data: stateDict(STORAGES) },
    ...more,
    { name: ".data/extern_modules", data: "torch\ntorch.nn\n" },
    { name: ".data/python_version", data: "3.11.7" },
    { name: ".data/version", data: "6\n" },
    { name: "byteorder", data: "little" },
    { name: ".data/serialization_id", data: "1".repeat(40) },
  ]);
}

describe("torch-package", () => {
  it("is clean where it holds no more than tensors", async () => {
    const report = await scanBytes(packaged(), "model.pt");

    expect(report).toMatchObject({ format: "torch-package", verdict: "clean" });
    expect(report.coverage).toMatchObject({ inert: 16, unaccounted: 0 });
    expect(rulesOf(report)).toEqual([]);
  });

  it("lists source and does not vouch for it", async () => {
    const report = await scanBytes(packaged([{ name: "net/code.py", data: "class Net: pass\n" }]));

    expect(report.verdict).toBe("unknown");
    expect(rulesOf(report)).toContain("torch-package/source");
    expect(report.children.map(({ path }) => path)).toContain("model/net/code.py");
  });

  it("finds code in its pickles", async () => {
    expect((await scanBytes(packaged([{ name: "net/other.pkl", data: hostile() }]))).verdict).toBe(
      "malicious",
    );
  });
});
