/**
 * What decisions leave behind on this machine: the highest version of each policy, who may sign its next one, first
 * signers of models, and the latest time that was proved. Deleting the file forgets all of it, so it lies with the
 * user's own state and never beside a model.
 */

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { AppError, errorMessage } from "../../kernel/errors.ts";
import type { SeenPolicy } from "../../provenance/trust/accept-policy.ts";
import { stateFolder } from "../config/environment.ts";

export interface Remembered extends SeenPolicy {
  /** Keys in PEM that have to sign the next version, and how many of them. */
  readonly signers?: { readonly keys: readonly string[]; readonly threshold: number };
}

export interface TrustMemory {
  readonly policies: Readonly<Record<string, Remembered>>;
  readonly pins: Readonly<Record<string, string>>;
  /** Milliseconds. */
  readonly latest: number;
}

const EMPTY: TrustMemory = { policies: {}, pins: {}, latest: 0 };

/** @param named what the user gave as `--memory`. */
export function memoryPlace(named: string | undefined): string {
  return named ?? join(stateFolder(), "trust.json");
}

/** Throws `AppError` for a file that is there and cannot be read: forgetting would be what an attacker wants. */
export function readMemory(path: string): TrustMemory {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return EMPTY;
    }
    throw new AppError("SOURCE_UNREADABLE", `cannot read ${path}: ${errorMessage(error)}`);
  }
  try {
    const { policies, pins, latest } = JSON.parse(text) as Partial<TrustMemory>;
    if (isRecord(policies) && isRecord(pins) && typeof latest === "number") {
      return { policies, pins, latest };
    }
  } catch {
    // Said below.
  }
  throw new AppError("CONFIG_INVALID", `${path} is no memory of trust decisions`, {
    hint: "remove it to begin anew: versions of policies and first signers are forgotten",
  });
}

export function writeMemory(path: string, memory: TrustMemory): void {
  const text = `${JSON.stringify(memory, null, 2)}\n`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    throw new AppError("OUTPUT_FAILED", `cannot write ${path}: ${errorMessage(error)}`, {
      hint: "--memory FILE names another place",
    });
  }
}

function isRecord(value: unknown): value is Record<string, never> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
