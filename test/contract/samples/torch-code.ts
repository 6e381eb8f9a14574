/** The layouts of torch that carry code beside their tensors, and the one of torch 0.1. */

import { hostile, stateDict, stream, torchTar, torchZip } from "../../builders/pytorch.ts";
import type { TorchMember } from "../../builders/pytorch.ts";
import { buildTorchZip, buildZip } from "../../builders/zip.ts";
import type { Sample } from "../sample.ts";

function script(code: string): Buffer {
  return torchZip({
    root: "net",
    more: [
      { name: "code/__torch__.py", data: code },
      { name: "constants.pkl", data: stream([]) },
    ],
  });
}

function packaged(more: readonly TorchMember[] = []): Buffer {
  return buildTorchZip("model", [
    { name: ".data/0.storage", data: new Uint8Array(16) },
    { name: "net/net.pkl", data: stateDict([{ key: "0", elements: 4 }]) },
    ...more,
    { name: ".data/extern_modules", data: "torch\ntorch.nn\n" },
    { name: ".data/python_version", data: "3.11.7" },
    { name: ".data/version", data: "6\n" },
    { name: "byteorder", data: "little" },
    { name: ".data/serialization_id", data: "1".repeat(40) },
  ]);
}

function served(
  model: Readonly<Record<string, string>>,
  files: readonly TorchMember[] = [],
): Buffer {
  const manifest = JSON.stringify({ runtime: "python", model, archiverVersion: "0.12.0" });
  return buildZip([
    ...files,
    { name: "model.pt", data: torchZip() },
    { name: "MAR-INF/MANIFEST.json", data: manifest, method: 8 },
  ]);
}

const scripts = (
  [
    ["plain", "op_version_set = 1\n", "unknown", "torchscript/code"],
    ["foreign", "import os\n", "suspicious", "torchscript/foreign-code"],
    [
      "file",
      '  torch.from_file("/etc/passwd", True, 10)\n',
      "suspicious",
      "torchscript/file-operation",
    ],
    ["custom", "  _0 = ops.mylib.attack(x)\n", "unknown", "torchscript/custom-operator"],
  ] as const
).map(([name, code, verdict, rule]): Sample => ({
  name: `${name}.pt`,
  format: "torchscript",
  also: ["zip"],
  bytes: script(code),
  verdict,
  fires: [rule],
}));

const old = torchTar();

export const torchCodeSamples: readonly Sample[] = [
  ...scripts,
  { name: "package.pt", format: "torch-package", bytes: packaged(), verdict: "clean" },
  {
    name: "package-source.pt",
    format: "torch-package",
    bytes: packaged([{ name: "net/code.py", data: "class Net: pass\n" }]),
    verdict: "unknown",
    fires: ["torch-package/source"],
  },
  {
    name: "served.mar",
    format: "torchserve",
    bytes: served({ serializedFile: "model.pt", handler: "image_classifier" }),
    verdict: "clean",
  },
  {
    name: "served-code.mar",
    format: "torchserve",
    bytes: served({ handler: "handler.py:handle", requirementsFile: "requirements.txt" }, [
      { name: "handler.py", data: "def handle(data, context): return data\n" },
    ]),
    verdict: "unknown",
    fires: ["torchserve/handler", "torchserve/requirements"],
  },
  {
    name: "served-path.mar",
    format: "torchserve",
    bytes: served({ handler: "../../bin/x.py" }),
    verdict: "suspicious",
    fires: ["torchserve/path"],
  },
  {
    name: "old.pt",
    format: "pytorch-tar",
    bytes: old,
    verdict: "clean",
    // Cut between two members it is a tar file with fewer of them; readers need no end mark.
    wholeAt: (cut) => cut % 512 === 0 || cut > old.length - 1024,
  },
  {
    name: "old-hostile.pt",
    format: "pytorch-tar",
    bytes: torchTar({ object: hostile() }),
    verdict: "malicious",
  },
];
