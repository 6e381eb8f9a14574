import { describe, expect, it } from "vitest";

import { pickle } from "../../../test/builders/pickle.ts";
import { hostile, stream, torchZip } from "../../../test/builders/pytorch.ts";
import type { TorchMember } from "../../../test/builders/pytorch.ts";
import { allFindings, rulesOf, scanBytes } from "../../../test/scan-bytes.ts";
import { readCode } from "./read-code.ts";

const LINEAR = `op_version_set = 1
class Linear(Module):
  __parameters__ = ["weight", "bias", ]
  weight : Tensor
  training : bool
  def forward(self: __torch__.Linear,
    input: Tensor) -> Tensor:
    _0 = "torch.save(", "import os"
    if torch.eq(torch.dim(input), 2):
      ops.prim.RaiseException("eval(x)")
    else:
      pass
    return ops.quantized.linear(input, self.weight)
`;

/** An archive as torch.jit.save writes it, with this source. */
function script(code: string, more: readonly TorchMember[] = []): Buffer {
  return torchZip({
    root: "net",
    more: [
      { name: "code/__torch__.py", data: code },
      { name: "code/__torch__.py.debug_pkl", data: stream([]) },
      { name: "constants.pkl", data: stream([]) },
      ...more,
    ],
  });
}

describe("torchscript", () => {
  it("lists the code, does not vouch for it, and accounts for everything else", async () => {
    const report = await scanBytes(script(LINEAR), "net.pt");

    expect(report).toMatchObject({ format: "torchscript", verdict: "unknown", issues: [] });
    expect(report.coverage).toMatchObject({ inert: 16, unaccounted: 0 });
    expect(report.children).toContainEqual(
      expect.objectContaining({ path: "net/code/__torch__.py", size: LINEAR.length }),
    );
    expect(rulesOf(report).filter((rule) => rule.startsWith("torchscript/"))).toEqual([
      "torchscript/code",
    ]);
  });

  it("names the reading once, and not a checkpoint without code", async () => {
    expect((await scanBytes(script(LINEAR))).readings.map(({ format }) => format)).toEqual([
      "torchscript",
    ]);
    expect((await scanBytes(torchZip())).format).toBe("pytorch");
  });

  it("says when the code runs while the file is loaded", async () => {
    const [finding] = (
      await scanBytes(
        script("class A(Module):\n  def __setstate__(self: A,\n    x: int) -> NoneType:\n"),
      )
    ).findings;

    expect(finding).toMatchObject({ rule: "torchscript/code", trigger: "load" });
  });

  it.each([
    ["import os\n", "import os"],
    ["from os import system\n", "from os"],
    ["  x = eval(y)\n", "eval("],
    ["  _0 = os.system(cmd)\n", "os.system"],
    ["  _0 = ^Function()(x)\n", "= ^Function"],
  ])("reports what is no TorchScript: %j", async (code, words) => {
    const report = await scanBytes(script(code));

    expect(report.verdict).toBe("suspicious");
    expect(report.findings).toContainEqual(
      expect.objectContaining({
        rule: "torchscript/foreign-code",
        locator: "sample!net/code/__torch__.py",
        message: expect.stringContaining(words),
      }),
    );
  });

  it("reports operators that open files, in source and in byte code", async () => {
    const inSource = await scanBytes(script(`  torch.from_file("/etc/passwd", True, 10)\n`));
    const inByteCode = await scanBytes(
      script(LINEAR, [
        { name: "bytecode.pkl", data: stream(["aten::save", "aten::saved_tensor"]) },
      ]),
    );

    for (const report of [inSource, inByteCode]) {
      expect(report.verdict).toBe("suspicious");
      expect(rulesOf(report)).toContain("torchscript/file-operation");
    }
    expect(
      allFindings(inByteCode).filter(({ rule }) => rule.endsWith("file-operation")),
    ).toHaveLength(1);
  });

  it("names operators and classes of other libraries", async () => {
    const code = "  _0 = ops.mylib.attack(x)\n  a : __torch__.torch.classes.other.Reader\n";
    const found = (await scanBytes(script(code))).findings.filter(({ rule }) =>
      rule.endsWith("custom-operator"),
    );

    expect(found.map(({ message }) => message)).toEqual([
      "line 1 uses ops.mylib.attack, which does not come with torch",
      "line 2 uses __torch__.torch.classes.other.Reader, which does not come with torch",
    ]);
  });

  it("still finds what is in the pickles", async () => {
    expect((await scanBytes(script(LINEAR, [{ name: "extra/x", data: hostile() }]))).verdict).toBe(
      "malicious",
    );
  });

  it("lets traced inputs leave out their data, and nothing else", async () => {
    const object = (name: string): TorchMember => ({
      name,
      data: pickle()
        .proto(2)
        .op("MARK")
        .value("storage")
        .global("torch", "FloatStorage")
        .values("0", "cpu", 4)
        .ops("TUPLE", "BINPERSID")
        .done(),
    });
    const empty = (folder: string): TorchMember => ({ name: `${folder}/0`, data: "" });
    const traced = await scanBytes(
      script(LINEAR, [object("traced_inputs.pkl"), empty("traced_inputs")]),
    );
    const other = await scanBytes(script(LINEAR, [object("inputs.pkl"), empty("inputs")]));

    expect(rulesOf(traced)).not.toContain("pytorch/storage-size");
    expect(rulesOf(other)).toContain("pytorch/storage-size");
  });
});

describe("readCode", () => {
  it("sees nothing in what torch prints, strings and comments included", () => {
    expect(readCode(LINEAR)).toEqual([]);
    expect(
      readCode("import __torch__.a.b\nx = torch.load # import os\ndef open(self: X) -> int:\n"),
    ).toEqual([]);
  });

  it("tells each thing once, with its first line", () => {
    expect(readCode("a\nimport os\nimport os\n")).toEqual([
      { kind: "foreign", text: "import os", line: 2 },
    ]);
  });

  it("takes linear time on lines made to be hard", () => {
    const hard = `${'"\\'.repeat(40_000)}\n${" ".repeat(200_000)}x\n${"return".repeat(30_000)}`;

    expect(readCode(hard)).toEqual([]);
  });
});
