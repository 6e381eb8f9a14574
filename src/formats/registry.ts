/** All formats, in the order in which readings are reported. A test holds it equal to the folders. */

import type { FormatModule } from "./format.ts";
import { bzip2 } from "./bzip2/index.ts";
import { cab } from "./cab/index.ts";
import { content } from "./content/index.ts";
import { gguf } from "./gguf/index.ts";
import { gzip } from "./gzip/index.ts";
import { iso } from "./iso/index.ts";
import { joblibZfile } from "./joblib-zfile/index.ts";
import { joblib } from "./joblib/index.ts";
import { lfsPointer } from "./lfs-pointer/index.ts";
import { lz4 } from "./lz4/index.ts";
import { lzma } from "./lzma/index.ts";
import { numpy } from "./numpy/index.ts";
import { pickle } from "./pickle/index.ts";
import { pytorchLegacy } from "./pytorch-legacy/index.ts";
import { pytorchTar } from "./pytorch-tar/index.ts";
import { pytorch } from "./pytorch/index.ts";
import { rar } from "./rar/index.ts";
import { safetensors } from "./safetensors/index.ts";
import { sevenzip } from "./sevenzip/index.ts";
import { shardIndex } from "./shard-index/index.ts";
import { tar } from "./tar/index.ts";
import { template } from "./template/index.ts";
import { torchPackage } from "./torch-package/index.ts";
import { torchscript } from "./torchscript/index.ts";
import { torchserve } from "./torchserve/index.ts";
import { xz } from "./xz/index.ts";
import { zip } from "./zip/index.ts";
import { zlib } from "./zlib/index.ts";
import { zstd } from "./zstd/index.ts";

/**
 * Forgets the model's type. The engine hands each format only the model that the same format made, which
 * no type of a list can say.
 */
function anyModel<Model>(format: FormatModule<string, Model>): FormatModule {
  return format;
}

export const FORMATS: readonly FormatModule[] = [
  anyModel(numpy),
  anyModel(joblib),
  anyModel(pickle),
  anyModel(pytorch),
  anyModel(pytorchLegacy),
  anyModel(pytorchTar),
  anyModel(torchscript),
  anyModel(torchPackage),
  anyModel(torchserve),
  anyModel(zip),
  anyModel(tar),
  anyModel(sevenzip),
  anyModel(rar),
  anyModel(cab),
  anyModel(iso),
  anyModel(gzip),
  anyModel(zlib),
  anyModel(bzip2),
  anyModel(xz),
  anyModel(lzma),
  anyModel(zstd),
  anyModel(lz4),
  anyModel(joblibZfile),
  anyModel(safetensors),
  anyModel(gguf),
  anyModel(shardIndex),
  anyModel(template),
  anyModel(lfsPointer),
  anyModel(content),
];
