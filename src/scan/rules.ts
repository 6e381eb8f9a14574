/** Rules of the engine itself: about files as such, whatever their format. */

import type { RuleInfo } from "../kernel/rule.ts";

export const POLYGLOT: RuleInfo = {
  id: "scan/polyglot",
  severity: "medium",
  confidence: "medium",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-436", "CWE-434", "AML.T0010.003"],
  title: "The file is valid in two formats at once",
  help: `Two unrelated loaders would each accept these bytes and would see different content. Model
files that real libraries write are one thing only. Polyglots are used to show a scanner or a review
one content and a loader another.

Do not load the file. Ask where it comes from, or rebuild it from the original weights.`,
};

export const CHANGED: RuleInfo = {
  id: "scan/changed-while-reading",
  severity: "medium",
  confidence: "high",
  trigger: "load",
  implies: "incomplete",
  references: ["CWE-367"],
  title: "The file changed while it was read",
  help: `Somebody wrote to the file during the scan, so the bytes that were judged may be neither the
old ones nor the new ones.

Scan again when the download or the copy is complete.`,
};

export const CRASHED: RuleInfo = {
  id: "scan/crashed",
  severity: "medium",
  confidence: "high",
  trigger: "load",
  implies: "incomplete",
  references: ["CWE-693"],
  title: "The scan of this file did not finish",
  help: `The part of the program that read this file crashed or was stopped. Nothing is known about
what was not read, so the file is incomplete and never clean.

Please report it as a bug, with the file if you can share it.`,
};

export const WEIGHTS_ONLY_REJECTED: RuleInfo = {
  id: "pytorch/weights-only-rejected",
  severity: "high",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-502", "AML.T0011.000", "LLM03:2025"],
  title: "torch.load refuses the file under weights_only",
  help: `This rule speaks with \`--require-weights-only\` alone. \`torch.load(weights_only=True)\`, the default
since torch 2.6, rebuilds tensors and plain data and refuses every other name, call and opcode. It would refuse
this file, so whoever needs it has to load it with \`weights_only=False\`, and that runs whatever is in it.
The message says what is refused. Nothing in the file has to be harmful for that: optimizers with classes of
their own, NumPy arrays, protocol 4 and TorchScript are refused as well.

Save the state dict alone (\`torch.save(model.state_dict(), path)\`), or use safetensors.`,
};

export const DIGEST_MISMATCH: RuleInfo = {
  id: "scan/digest-mismatch",
  severity: "critical",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
  references: ["CWE-353", "CWE-494", "AML.T0010.003"],
  title: "The bytes are not those that their place states",
  help: `A hub lists the SHA-256 of each large file and the git object id of each small one, and a local hub cache
names its blobs by them. The bytes that came have another digest: the file was exchanged or damaged on its way,
by a mirror or proxy in between, or in the cache on this machine. Loaders do not compare them.

Do not use the file. Remove it from the cache and fetch it again; where that changes nothing, ask whoever runs
the mirror, and compare with the hub itself.`,
};

export const SCAN_RULES: readonly RuleInfo[] = [
  CHANGED,
  CRASHED,
  DIGEST_MISMATCH,
  POLYGLOT,
  WEIGHTS_ONLY_REJECTED,
];
