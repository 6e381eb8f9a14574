/**
 * What the restricted unpickler of one torch version accepts, as data: allowed globals, dtypes and
 * the other names that its rules look up. The file ships with the program and is trusted.
 */

import { TORCH_VERSION } from "./torch-version.ts";
import { readAsset } from "../../../bytes/file-source.ts";

/** One name that GLOBAL may push. */
export type AllowedGlobal =
  /** `rule` says which of the simulation's functions knows what a call of it does. */
  | { readonly kind: "class" | "function"; readonly rule: string; readonly does: string }
  | { readonly kind: "dtype" | "qscheme" }
  /** An instance that only carries a dtype; it cannot be called. */
  | { readonly kind: "storageType"; readonly dtype: string }
  | {
      readonly kind: "tensorType";
      readonly dtype: string;
      readonly sparse?: boolean;
      readonly cuda?: boolean;
    };

export interface DtypeFacts {
  /** Of an element of a tensor. */
  readonly bytes: number;
  /** Of an element as storages count it; null where torch cannot say. */
  readonly storageBytes: number | null;
  readonly floating?: boolean;
  readonly complex?: boolean;
  readonly quantized?: boolean;
  /** Elements that share a byte. */
  readonly perByte?: number;
  /** No conversion from and to it. */
  readonly opaque?: boolean;
}

export interface TorchFacts {
  readonly torch: string;
  readonly opcodes: readonly string[];
  readonly blockedModules: readonly string[];
  readonly importFirst: readonly string[];
  readonly renamedModules: Readonly<Record<string, string>>;
  readonly renamedNames: Readonly<Record<string, string>>;
  readonly fileVersions: { readonly minimum: number; readonly maximum: number };
  readonly globals: Readonly<Record<string, AllowedGlobal>>;
  readonly dtypes: Readonly<Record<string, DtypeFacts>>;
  readonly layouts: readonly string[];
  readonly devices: readonly string[];
  readonly readOnlyTensorAttributes: readonly string[];
}

let loaded: TorchFacts | undefined;

/** The facts; read once. */
export function torchFacts(): TorchFacts {
  loaded ??= readAsset(`weights-only/torch-${TORCH_VERSION}.json`) as TorchFacts;
  return loaded;
}

/** Own properties only: names come from the file that is being judged. */
export function lookUp<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}

/** A dtype's facts; unknown ones count as one opaque byte. */
export function dtypeFacts(dtype: string): DtypeFacts {
  return lookUp(torchFacts().dtypes, dtype) ?? { bytes: 1, storageBytes: null, opaque: true };
}

/** Whether tensors of this dtype can require gradients. */
export function isDifferentiable(dtype: string): boolean {
  const facts = dtypeFacts(dtype);
  return facts.floating === true || facts.complex === true;
}
