/** Models in several files, as libraries write them: shards, and the index that says what is where. */

/** Tensors by shard. */
type Layout = Readonly<Record<string, readonly string[]>>;

/** An index as transformers writes it. */
export function indexOf(layout: Layout, totalSize = 0): string {
  const pairs = Object.entries(layout).flatMap(([shard, names]) =>
    names.map((name) => [name, shard]),
  );
  const map = Object.fromEntries(pairs.toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ metadata: { total_size: totalSize }, weight_map: map }, undefined, 2)}\n`;
}

/** `model-00001-of-0000N.safetensors`, with one list of tensors each. */
export function layoutOf(...shards: readonly (readonly string[])[]): Layout {
  const count = String(shards.length).padStart(5, "0");
  return Object.fromEntries(
    shards.map((names, index) => [
      `model-${String(index + 1).padStart(5, "0")}-of-${count}.safetensors`,
      names,
    ]),
  );
}
