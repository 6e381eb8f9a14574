import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

import { rulesOf, scanBytes } from "../../../test/scan-bytes.ts";
import { demoModels } from "./models.ts";

const models = demoModels();

function bytesOf(path: string): Uint8Array {
  return models.find((model) => model.path === path)!.bytes;
}

/** Runs Python on bytes from standard input; nothing is ever unpickled. */
function python(script: string, input: Uint8Array) {
  return spawnSync("python3", ["-c", script], { input, encoding: "utf8" });
}

const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe("demoModels", () => {
  it.each([
    ["damaged/truncated.pt", "incomplete"],
    ["harmless/settings.pkl", "clean"],
    ["harmless/state-dict.pt", "clean"],
    ["harmless/weights.npy", "clean"],
    ["hostile/compressed.joblib", "malicious"],
    ["hostile/disguised.pt", "malicious"],
    ["hostile/object-array.npy", "malicious"],
    ["hostile/shell-command.pkl", "malicious"],
    ["unknown/custom-class.pkl", "unknown"],
  ])("%s is %s", async (path, verdict) => {
    const report = await scanBytes(bytesOf(path), path);

    expect([report.verdict, rulesOf(report)]).toEqual([verdict, expect.anything()]);
  });

  it("are in the order in which a scan lists them", () => {
    const paths = models.map(({ path }) => path);

    expect(paths).toEqual(paths.toSorted());
  });

  it("are the same bytes every time", () => {
    expect(demoModels()).toEqual(models);
  });

  it.skipIf(!hasPython)("are archives that Python reads without a complaint", () => {
    const script =
      "import io,sys,zipfile; z=zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())); print(z.testzip(), *z.namelist())";

    for (const path of ["harmless/state-dict.pt", "hostile/disguised.pt"]) {
      expect(python(script, bytesOf(path)).stdout.trim()).toBe(
        "None archive/data.pkl archive/byteorder archive/data/0 archive/version",
      );
    }
  });

  it.skipIf(!hasPython)("are pickles that Python can take apart to the end", () => {
    const script =
      "import pickletools,sys; b=sys.stdin.buffer.read(); ops=list(pickletools.genops(b)); print(ops[-1][0].name, ops[-1][2]+1==len(b))";

    for (const path of [
      "harmless/settings.pkl",
      "hostile/shell-command.pkl",
      "unknown/custom-class.pkl",
    ]) {
      expect(python(script, bytesOf(path)).stdout.trim()).toBe("STOP True");
    }
  });
});
