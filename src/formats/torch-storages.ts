/**
 * What PyTorch's pickles say of storages: persistent ids `("storage", class, key, location, elements)`
 * in every layout since 2016. The container holds the bytes under the key, all of them elements.
 */

import type { PersistentId } from "../machines/pickle/persistent.ts";

/** Bytes of an element by the name of the storage class. */
const ITEM_BYTES: ReadonlyMap<string, number> = new Map([
  ["BFloat16Storage", 2],
  ["BoolStorage", 1],
  ["ByteStorage", 1],
  ["CharStorage", 1],
  ["ComplexDoubleStorage", 16],
  ["ComplexFloatStorage", 8],
  ["DoubleStorage", 8],
  ["FloatStorage", 4],
  ["HalfStorage", 2],
  ["IntStorage", 4],
  ["LongStorage", 8],
  ["QInt32Storage", 4],
  ["QInt8Storage", 1],
  ["QUInt2x4Storage", 1],
  ["QUInt4x2Storage", 1],
  ["QUInt8Storage", 1],
  ["ShortStorage", 2],
  ["UntypedStorage", 1],
  ["_UntypedStorage", 1],
]);

/**
 * Bytes of an element of a storage class, such as 4 for `torch.FloatStorage` and for
 * `torch.cuda.FloatStorage`. Undefined for a class that torch does not have.
 */
export function storageItemBytes(type: string | undefined): number | undefined {
  return type === undefined || !type.startsWith("torch.")
    ? undefined
    : ITEM_BYTES.get(type.slice(type.lastIndexOf(".") + 1));
}

/** One storage as the pickles name it. */
export interface NamedStorage {
  readonly key: string;
  /** Of its elements together; undefined where class or number are not plain. */
  readonly bytes: number | undefined;
  readonly elements: number | undefined;
  readonly itemBytes: number | undefined;
  /** Position of the first opcode that names it. */
  readonly offset: number;
  /** Set where later mentions have another size. */
  readonly conflicting: boolean;
}

/** Every storage that persistent ids name, by key; of several mentions the first counts, as in torch. */
export function namedStorages(ids: readonly PersistentId[]): Map<string, NamedStorage> {
  const storages = new Map<string, NamedStorage>();
  for (const { storage, offset } of ids) {
    if (storage === undefined) {
      continue;
    }
    const { key, elements, type } = storage;
    const itemBytes = storageItemBytes(type);
    const bytes = byteCount(elements, itemBytes);
    const seen = storages.get(key);
    if (seen === undefined) {
      storages.set(key, { key, bytes, elements, itemBytes, offset, conflicting: false });
    } else if (seen.bytes !== bytes && !seen.conflicting) {
      storages.set(key, { ...seen, conflicting: true });
    }
  }
  return storages;
}

function byteCount(
  elements: number | undefined,
  itemBytes: number | undefined,
): number | undefined {
  return elements !== undefined &&
    itemBytes !== undefined &&
    Number.isSafeInteger(elements) &&
    elements >= 0
    ? elements * itemBytes
    : undefined;
}
