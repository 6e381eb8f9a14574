/** What the bytes are: every signature in order, the sure ones first, text last. */

import { identifyArchive } from "./archives.ts";
import type { ContentKind } from "./content-kind.ts";
import { certain } from "./content-kind.ts";
import { identifyExecutable } from "./executables.ts";
import { identifyImage } from "./images.ts";
import { identifyMedia } from "./media.ts";
import { identifyMessagePack } from "./msgpack.ts";
import { identifyModel } from "./models.ts";
import { Peek } from "./peek.ts";
import { identifyProtobufModel } from "./protobuf-models.ts";
import { identifyStore } from "./stores.ts";
import { identifyText } from "./text.ts";

/**
 * Identifies an artifact by its first and last bytes; undefined for what nothing recognizes.
 *
 * @param head the first 64 KiB, or less.
 * @param tail the last bytes, `head` itself where that is all, or empty where they were not read.
 */
export function identifyContent(
  head: Uint8Array,
  tail: Uint8Array,
  size: number,
): ContentKind | undefined {
  if (size === 0) {
    return certain("empty", "an empty file", "empty");
  }
  const file = new Peek(head, tail, size);
  return (
    identifyExecutable(file) ??
    identifyArchive(file) ??
    identifyImage(file) ??
    identifyMedia(file) ??
    identifyStore(file) ??
    identifyModel(file) ??
    identifyText(file) ??
    identifyMessagePack(file) ??
    identifyProtobufModel(file)
  );
}
