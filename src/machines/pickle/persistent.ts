/**
 * Persistent ids: references that the loader resolves. torch writes tuples
 * `("storage", type, key, location, numel)`; the file's container holds the storages under the keys.
 */

import type { Machine } from "./machine.ts";
import { isScalar, KIND, kindOf, RichNode, TAINT, taintOf } from "./value.ts";
import type { Node, Value } from "./value.ts";

export interface PersistentId {
  readonly offset: number;
  /** What torch writes, decoded; undefined for anything else. */
  readonly storage: StorageReference | undefined;
  /** The id as text, where it is one. */
  readonly text: string | undefined;
}

export interface StorageReference {
  /** Class name, such as `torch.FloatStorage`; undefined where it is not a plain name. */
  readonly type: string | undefined;
  readonly key: string;
  readonly location: string | undefined;
  readonly elements: number | undefined;
}

const MAX_IDS = 1_000_000;

/** Notes a persistent id and gives the node for what the loader makes of it. */
export function notePersistentId(machine: Machine, id: Value, at: number): Node {
  const { persistentIds, observations } = machine.findings;
  const storage = readStorage(machine, id);
  if (persistentIds.length < MAX_IDS) {
    persistentIds.push({ offset: at, storage, text: textOf(machine, id) });
  }
  if (storage === undefined && taintOf(id) > TAINT.KNOWN) {
    observations.add({
      kind: "persistent-id",
      offset: at,
      key: "tainted",
      message: "hands a name that nobody vouches for to the loader's persistent_load",
    });
  }
  return new RichNode(KIND.PERSISTENT, at, TAINT.NONE, [id]);
}

function readStorage(machine: Machine, id: Value): StorageReference | undefined {
  const items = machine.itemsOf(id);
  if (kindOf(id) !== KIND.TUPLE || items === undefined || items.length < 5) {
    return undefined;
  }
  const [tag, type, key, location, elements] = items;
  if (tag === undefined || textOf(machine, tag) !== "storage" || key === undefined) {
    return undefined;
  }
  const keyText = textOf(machine, key);
  if (keyText === undefined) {
    return undefined;
  }
  const count =
    elements !== undefined && isScalar(elements) ? machine.literals.scalar(elements) : undefined;
  return {
    type:
      typeof type === "object" && type.use?.module !== undefined && type.use.module !== null
        ? `${type.use.module}.${type.use.name ?? ""}`
        : undefined,
    key: keyText,
    location: location === undefined ? undefined : textOf(machine, location),
    elements: typeof count === "number" || typeof count === "bigint" ? Number(count) : undefined,
  };
}

function textOf(machine: Machine, value: Value): string | undefined {
  if (typeof value !== "number") {
    return typeof value.literal === "string" ? value.literal : undefined;
  }
  if (value < 0) {
    return undefined;
  }
  const text = machine.literals.text(value);
  if (text !== undefined) {
    return text;
  }
  const scalar = machine.literals.scalar(value);
  return typeof scalar === "number" || typeof scalar === "bigint" ? String(scalar) : undefined;
}
