/** Why nothing is known of an artifact: nobody claims anything, or what is claimed is about something that resembles it. */

import { quote } from "../../kernel/text.ts";
import type { DigestSet, ResourceDescriptor } from "../attestations/statement.ts";
import type { RuleInfo } from "../../kernel/rule.ts";
import type { ArtifactIndex } from "./artifact-index.ts";
import { DIGEST_MISMATCH, GAP, NAMES_UNBOUND, RENAMED } from "./rules.ts";

export interface Explanation {
  readonly rule: RuleInfo;
  readonly message: string;
}

export interface Unknown {
  readonly descriptor: ResourceDescriptor & { readonly digest: DigestSet };
  readonly role: string;
  /** Which step uses it; missing for the model itself. */
  readonly user?: string;
}

/** Names the most telling reason. */
export function explainGap(
  { descriptor, role, user }: Unknown,
  key: string,
  index: ArtifactIndex,
): Explanation {
  const { digest } = descriptor;
  const name = `the ${role} ${quote(nameOf(descriptor))}`;
  const where = user === undefined ? "" : `, which ${user} names`;
  const [renamed] = index.renamed(digest);
  if (renamed !== undefined) {
    const claimed = index.digestOf(renamed)?.["dirHash1"] ?? "";
    const message = `${name} has the contents that are claimed, and its files have other names (dirHash1 is ${short(digest["dirHash1"])}, and is claimed to be ${short(claimed)})${where}`;
    return { rule: RENAMED, message };
  }
  if (index.hasUnbound(digest)) {
    const message = `the claims about ${name} have its root alone, and fit the same contents under other names${where}`;
    return { rule: NAMES_UNBOUND, message };
  }
  const [other] = index.named(descriptor).filter((each) => each !== key);
  if (other !== undefined) {
    const claimed = index.digestOf(other);
    const message = `${name} is ${shortDigest(digest)}${where}, and the claims about something with that name are about ${shortDigest(claimed)}`;
    return { rule: DIGEST_MISMATCH, message };
  }
  const message =
    user === undefined
      ? `no claim says how ${name} was made`
      : `no claim says where ${name} (${shortDigest(digest)}) comes from${where}`;
  return { rule: GAP, message };
}

/** What an artifact is called. */
export function nameOf({ name, uri, digest }: ResourceDescriptor): string {
  return name ?? uri ?? shortDigest(digest);
}

/** Enough of a digest for people to tell it from another. */
export function shortDigest(digest: DigestSet | undefined): string {
  const [algorithm = "", value = ""] =
    Object.entries(digest ?? {}).find(([name]) => name === "sha256") ??
    Object.entries(digest ?? {})[0] ??
    [];
  return `${algorithm}:${short(value)}`;
}

function short(value: string | undefined): string {
  return value === undefined ? "missing" : quote(value, 12).slice(1, -1);
}
