/** The samples of all formats. A format's samples lie in a file of its own. */

import type { Sample } from "./sample.ts";
import { carrierSamples } from "./samples/carriers.ts";
import { compressedSamples } from "./samples/compressed.ts";
import { contentSamples, lfsPointerSamples } from "./samples/content.ts";
import { ggufSamples } from "./samples/gguf.ts";
import { joblibSamples } from "./samples/joblib.ts";
import { numpySamples } from "./samples/numpy.ts";
import { pickleSamples } from "./samples/pickle.ts";
import { pytorchLegacySamples, pytorchSamples } from "./samples/pytorch.ts";
import { safetensorsSamples } from "./samples/safetensors.ts";
import { sevenZipSamples } from "./samples/sevenzip.ts";
import { shardIndexSamples } from "./samples/shard-index.ts";
import { tarSamples } from "./samples/tar.ts";
import { templateSamples } from "./samples/template.ts";
import { torchCodeSamples } from "./samples/torch-code.ts";
import { zipSamples } from "./samples/zip.ts";

export const SAMPLES: readonly Sample[] = [
  ...pickleSamples,
  ...numpySamples,
  ...joblibSamples,
  ...pytorchSamples,
  ...pytorchLegacySamples,
  ...ggufSamples,
  ...safetensorsSamples,
  ...shardIndexSamples,
  ...templateSamples,
  ...zipSamples,
  ...tarSamples,
  ...sevenZipSamples,
  ...carrierSamples,
  ...torchCodeSamples,
  ...compressedSamples,
  ...contentSamples,
  ...lfsPointerSamples,
];
