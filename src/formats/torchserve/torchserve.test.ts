import { describe, expect, it } from "vitest";

import { hostile, torchZip } from "../../../test/builders/pytorch.ts";
import { buildZip } from "../../../test/builders/zip.ts";
import type { ZipMemberSpec } from "../../../test/builders/zip.ts";
import { rulesOf, scanBytes } from "../../../test/scan-bytes.ts";

function archive(
  model: Readonly<Record<string, unknown>>,
  more: readonly ZipMemberSpec[] = [],
): Buffer {
  const manifest = JSON.stringify({ runtime: "python", model, archiverVersion: "0.12.0" });
  return buildZip([
    ...more,
    { name: "model.pt", data: torchZip() },
    { name: "MAR-INF/MANIFEST.json", data: manifest, method: 8 },
  ]);
}

describe("torchserve", () => {
  it("is clean with a handler of the server's and weights", async () => {
    const report = await scanBytes(
      archive({ serializedFile: "model.pt", handler: "image_classifier" }),
      "m.mar",
    );

    expect(report).toMatchObject({ format: "torchserve", verdict: "clean" });
    expect(report.children.map(({ path }) => path)).toEqual(["model.pt"]);
    expect(rulesOf(report)).toEqual([]);
  });

  it("lists the code that the server would run", async () => {
    const handler = { name: "handler.py", data: "def handle(data, context): return data\n" };
    const report = await scanBytes(
      archive({ serializedFile: "model.pt", handler: "handler.py:handle" }, [handler]),
    );

    expect(report.verdict).toBe("unknown");
    expect(rulesOf(report)).toContain("torchserve/handler");
    expect(rulesOf(report)).not.toContain("torchserve/path");
  });

  it.each(["../../bin/x.py", "/opt/x.py", "C:\\x.py", "https://example.com/x.py"])(
    "reports names that lead out of the archive: %s",
    async (handler) => {
      const report = await scanBytes(archive({ handler }));

      expect(report.verdict).toBe("suspicious");
      expect(rulesOf(report)).toContain("torchserve/path");
    },
  );

  it("looks at extra files, and mentions packages to install", async () => {
    const report = await scanBytes(
      archive({ extensions: "a.txt,../b.txt", requirementsFile: "requirements.txt" }),
    );

    expect(rulesOf(report)).toEqual(["torchserve/path", "torchserve/requirements"]);
  });

  it("is incomplete where the manifest cannot be read", async () => {
    for (const data of ["{", "[]", `{"model": 5}`]) {
      const report = await scanBytes(buildZip([{ name: "MAR-INF/MANIFEST.json", data }]));

      expect(report).toMatchObject({ format: "torchserve", verdict: "incomplete" });
    }
  });

  it("scans the models inside", async () => {
    const report = await scanBytes(archive({}, [{ name: "x.bin", data: hostile() }]));

    expect(report.verdict).toBe("malicious");
  });
});
