/** Checkpoints in the zip layout and in the one before it. */

import {
  hostile,
  legacyFile,
  stateDict,
  stream,
  torchMembers,
  torchZip,
} from "../../builders/pytorch.ts";
import { buildZip } from "../../builders/zip.ts";
import type { Sample } from "../sample.ts";

const weights = { key: "0", elements: 4, data: Buffer.from("any sixteen byte", "latin1") };
const checkpoint = torchZip({ storages: [weights] });
const legacy = legacyFile();

export const pytorchSamples: readonly Sample[] = [
  {
    name: "checkpoint.pt",
    format: "pytorch",
    bytes: checkpoint,
    verdict: "clean",
    boundaries: [checkpoint.length],
  },
  {
    name: "hostile.pt",
    format: "pytorch",
    bytes: torchZip({ object: hostile() }),
    verdict: "malicious",
    fires: ["pickle/dangerous-call"],
  },
  {
    name: "short-storage.pt",
    format: "pytorch",
    bytes: torchZip({ storages: [{ key: "0", elements: 8, data: Buffer.alloc(16) }] }),
    verdict: "suspicious",
    fires: ["pytorch/storage-size"],
  },
  {
    name: "plain.pt",
    format: "pytorch",
    bytes: buildZip(
      torchMembers({ storages: [weights] }).map(({ name, data }) => ({ name: `x/${name}`, data })),
    ),
    verdict: "clean",
  },
];

export const pytorchLegacySamples: readonly Sample[] = [
  {
    name: "legacy.pt",
    format: "pytorch-legacy",
    bytes: legacy,
    verdict: "clean",
    boundaries: [legacy.length],
  },
  {
    name: "hostile-legacy.pt",
    format: "pytorch-legacy",
    bytes: legacyFile({ object: hostile() }),
    verdict: "malicious",
    fires: ["pickle/dangerous-call"],
  },
  {
    name: "odd-header.pt",
    format: "pytorch-legacy",
    bytes: legacyFile({
      version: stream([1001]),
      object: stateDict([], true),
      keys: stream([]),
      storages: [],
    }),
    verdict: "suspicious",
    fires: ["pytorch/legacy-header"],
  },
];
