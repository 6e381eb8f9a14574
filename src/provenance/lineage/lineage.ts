/** A lineage: which artifact was made from which, who says so, and what is wrong with it. Data alone; see `trace.ts`. */

import type { Evidence, RuleInfo } from "../../kernel/rule.ts";
import type { AttestationSigner } from "../attestations/verified-attestation.ts";
import type { DigestSet, JsonObject, Statement } from "../attestations/statement.ts";

/** A statement, and who signed it where that is somebody who is trusted. */
export interface Claim {
  readonly statement: Statement;
  readonly signer?: AttestationSigner;
  /** Who signed it as far as the bundle says, where that is nobody who is trusted. */
  readonly stranger?: string;
  /** For people: `claims.jsonl:3`. */
  readonly source: string;
  /** SHA-256 of the bundle, in hexadecimal. */
  readonly digest: string;
  /** When it was signed, as far as that is proved. */
  readonly time?: string;
}

/** Where a walk ends, or goes on. */
export type NodeState =
  /** A trusted claim says what it was made from. */
  | "made"
  /** A trusted claim vouches for it as it is: the manifest of a dataset, the signature of a base model. */
  | "vouched"
  /** Somebody says where it comes from, and nobody who is trusted. */
  | "unsigned"
  /** Nothing that counts says where it comes from. */
  | "gap"
  /** It is its own ancestor. */
  | "cycle";

export interface LineageNode {
  /** Position in the list. */
  readonly id: number;
  readonly name: string;
  /** As the step that uses it names it, where it does. */
  readonly uri?: string;
  readonly digest: DigestSet;
  /** `model`, `dataset`, `base-model` … as the step that uses it says. */
  readonly role: string;
  readonly state: NodeState;
  /** More than one where claims agree, or contradict each other. */
  readonly steps: readonly LineageStep[];
  /** What else is claimed of it: signatures, scans, summaries. */
  readonly claims: readonly LineageClaim[];
  readonly deployments: readonly LineageDeployment[];
  /** Where copies lie whose bytes were compared. */
  readonly copies?: readonly string[];
}

export interface LineageStep extends Said {
  /** `training`, `finetune`, …; `build` for what others call their builds. */
  readonly kind: string;
  readonly builder: string;
  readonly command?: string;
  readonly parameters: JsonObject;
  readonly startedOn?: string;
  readonly finishedOn?: string;
  readonly inputs: readonly LineageInput[];
  /** What was used and is not traced: code, tools, containers. */
  readonly materials: readonly Material[];
}

/** Who says something, and where. */
export interface Said {
  readonly signer?: AttestationSigner;
  readonly stranger?: string;
  readonly source: string;
  readonly time?: string;
}

export interface LineageInput {
  readonly role: string;
  readonly node: number;
}

export interface Material {
  readonly role: string;
  readonly name: string;
  readonly digest: DigestSet;
}

export interface LineageClaim extends Said {
  /** `signature`, `scan`, `vsa` …, or the type as it stands. */
  readonly kind: string;
  /** What it comes to, in a word, where there is one: a verdict, a result. */
  readonly result?: string;
}

export interface LineageDeployment extends Said {
  readonly environment: string;
  readonly startedOn: string;
  readonly endedOn?: string;
}

export interface LineageProblem {
  readonly rule: RuleInfo;
  readonly evidence: Evidence;
  /** The artifact that it is about. */
  readonly node: number;
}

export interface Lineage {
  /** The first is the model that was asked about. */
  readonly nodes: readonly LineageNode[];
  readonly problems: readonly LineageProblem[];
  /** Nothing is missing, and nothing is wrong. */
  readonly complete: boolean;
}
