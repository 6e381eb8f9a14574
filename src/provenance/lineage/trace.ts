/**
 * Walks a model's lineage back through claims: from the model to what it was made from, until somebody who is trusted
 * vouches for an artifact as it is. Everything is found by digest; what is missing or cannot be is named.
 */

import type { RuleInfo } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import { indexArtifacts } from "./artifact-index.ts";
import type { ArtifactIndex } from "./artifact-index.ts";
import type { DigestSet } from "../attestations/statement.ts";
import { scanContradiction, stepContradiction } from "./contradictions.ts";
import { explainGap, nameOf } from "./explain-gap.ts";
import type { Unknown } from "./explain-gap.ts";
import type {
  Claim,
  Lineage,
  LineageInput,
  LineageNode,
  LineageProblem,
  NodeState,
} from "./lineage.ts";
import { decisionOf, readClaim, readDeployment, readStep, vouches } from "./read-step.ts";
import type { ReadStep, StepInput } from "./read-step.ts";
import {
  CONTRADICTION,
  CYCLE,
  GAP,
  NAMES_UNBOUND,
  TIME_ORDER,
  TOO_LARGE,
  UNSIGNED_STEP,
} from "./rules.ts";

const MAX_NODES = 10_000;
const MAX_DEPTH = 200;
/** Clocks of different machines. */
const TOLERANCE = 5 * 60 * 1000;

export interface TracedModel {
  readonly name: string;
  readonly digest: DigestSet;
}

interface Walk {
  readonly index: ArtifactIndex;
  /** Bundles that are there, by their digests. */
  readonly claims: ReadonlyMap<string, Claim>;
  /** Filled while it is walked; a place is taken before its inputs are. */
  readonly nodes: (LineageNode | undefined)[];
  readonly ids: Map<string, number>;
  readonly problems: LineageProblem[];
  /** Keys between the model and where the walk is. */
  readonly path: Set<string>;
  readonly cycles: Set<number>;
}

/** Never throws because of content. */
export function traceLineage(model: TracedModel, claims: readonly Claim[]): Lineage {
  const walk: Walk = {
    index: indexArtifacts(claims, [model.digest]),
    claims: new Map(claims.map((claim) => [claim.digest, claim])),
    nodes: [],
    ids: new Map(),
    problems: [],
    path: new Set(),
    cycles: new Set(),
  };
  visit(walk, { role: "model", descriptor: model });
  const nodes = walk.nodes
    .filter((node) => node !== undefined)
    .map((node) => (walk.cycles.has(node.id) ? { ...node, state: "cycle" as const } : node));
  return { nodes, problems: walk.problems, complete: walk.problems.length === 0 };
}

/** Gives the position of an artifact's node. */
function visit(walk: Walk, unknown: Unknown): number {
  const { index, ids, path, nodes } = walk;
  const { descriptor, role } = unknown;
  const { key, unbound } = index.resolve(descriptor.digest);
  const known = ids.get(key);
  if (known !== undefined) {
    if (path.has(key)) {
      walk.cycles.add(known);
      say(walk, known, CYCLE, `${quote(nameOf(descriptor))} is claimed to be made from itself`);
    }
    return known;
  }
  const id = nodes.length;
  ids.set(key, id);
  nodes.push(undefined);
  const name = nameOf(descriptor);
  const digest = unbound ? (index.digestOf(key) ?? descriptor.digest) : descriptor.digest;
  if (unbound) {
    const where = unknown.user ?? "it";
    say(walk, id, NAMES_UNBOUND, `${where} names ${quote(name)} by its root alone`);
  }
  const claims = index.claimsOf(key);
  const trusted = claims.filter(({ signer }) => signer !== undefined);
  const { steps, others } = stepsOf(claims, key, index);
  const chosen = steps.some(({ signer }) => signer !== undefined)
    ? steps.filter(({ signer }) => signer !== undefined)
    : steps;
  path.add(key);
  const inputs = chosen.map((step) => followStep(walk, id, step, path.size));
  path.delete(key);
  const state = stateOf(walk, id, { unknown, key, chosen, trusted, claims });
  judgeClaims(walk, id, { name, trusted, claims, chosen });
  nodes[id] = {
    id,
    name,
    ...(descriptor.uri === undefined ? {} : { uri: descriptor.uri }),
    digest,
    role,
    state,
    steps: chosen.map((step, at) => ({ ...step, inputs: inputs[at] ?? [] })),
    claims: others.map(readClaim),
    deployments: claims.flatMap((claim) => readDeployment(claim) ?? []),
  };
  return id;
}

/** Claims of how it was made, and all others but records of use. */
function stepsOf(
  claims: readonly Claim[],
  key: string,
  index: ArtifactIndex,
): { readonly steps: ReadStep[]; readonly others: Claim[] } {
  const steps: ReadStep[] = [];
  const others: Claim[] = [];
  for (const claim of claims) {
    const step = readStep(claim);
    // Packaging leaves the model as it is: what comes out is what went in.
    const passes =
      step?.kind === "package" &&
      step.inputs.some(({ descriptor }) => index.resolve(descriptor.digest).key === key);
    if (step !== undefined && !passes) {
      steps.push(step);
    } else if (readDeployment(claim) === undefined) {
      others.push(claim);
    }
  }
  return { steps, others };
}

function followStep(walk: Walk, id: number, step: ReadStep, depth: number): LineageInput[] {
  if (depth > MAX_DEPTH || walk.nodes.length + step.inputs.length > MAX_NODES) {
    say(walk, id, TOO_LARGE, `${step.source} leads further than lineages are followed`);
    return [];
  }
  const user = `the ${step.kind} in ${step.source}`;
  return step.inputs.map(({ role, descriptor }: StepInput) => {
    const node = visit(walk, { role, descriptor, user });
    checkTimes(walk, id, step, node);
    return { role, node };
  });
}

function checkTimes(walk: Walk, id: number, { startedOn, source }: ReadStep, input: number): void {
  const made = walk.nodes[input];
  const late = made?.steps.find(
    ({ finishedOn }) =>
      startedOn !== undefined &&
      finishedOn !== undefined &&
      Date.parse(finishedOn) > Date.parse(startedOn) + TOLERANCE,
  );
  if (made !== undefined && late?.finishedOn !== undefined) {
    const message = `${source} starts at ${startedOn ?? ""}, and ${quote(made.name)}, which it uses, was made until ${late.finishedOn}`;
    say(walk, id, TIME_ORDER, message);
  }
}

interface Judged {
  readonly unknown: Unknown;
  readonly key: string;
  readonly chosen: readonly ReadStep[];
  readonly trusted: readonly Claim[];
  readonly claims: readonly Claim[];
}

function stateOf(
  walk: Walk,
  id: number,
  { unknown, key, chosen, trusted, claims }: Judged,
): NodeState {
  const name = quote(nameOf(unknown.descriptor));
  if (chosen.length > 0) {
    for (const { signer, stranger = "nobody", kind, source } of chosen) {
      if (signer === undefined) {
        const message = `the ${kind} of ${name} is signed by ${stranger}, and not by anybody who is trusted (${source})`;
        say(walk, id, UNSIGNED_STEP, message);
      }
    }
    return chosen.some(({ signer }) => signer !== undefined) ? "made" : "unsigned";
  }
  // The model itself has to have been made by somebody; what it came from may be somebody's word.
  if (unknown.user !== undefined && trusted.some(vouches)) {
    return "vouched";
  }
  const stranger = unknown.user === undefined ? undefined : claims.find(vouches);
  if (stranger !== undefined) {
    const who = stranger.stranger ?? "nobody";
    const message = `only ${who}, who is not trusted, vouches for the ${unknown.role} ${name} (${stranger.source})`;
    say(walk, id, UNSIGNED_STEP, message);
    return "unsigned";
  }
  const { rule, message } = explainGap(unknown, key, walk.index);
  say(walk, id, rule, message);
  return "gap";
}

interface AboutClaims {
  readonly name: string;
  readonly trusted: readonly Claim[];
  readonly claims: readonly Claim[];
  readonly chosen: readonly ReadStep[];
}

function judgeClaims(walk: Walk, id: number, { name, trusted, claims, chosen }: AboutClaims): void {
  const contradiction =
    stepContradiction(chosen, ({ descriptor }) => walk.index.resolve(descriptor.digest).key) ??
    scanContradiction(trusted);
  if (contradiction !== undefined) {
    say(
      walk,
      id,
      CONTRADICTION,
      `the claims about ${quote(name)} contradict each other: ${contradiction}`,
    );
  }
  const uses = claims.filter((claim) => readDeployment(claim) !== undefined);
  const trustedUses = uses.filter(({ signer }) => signer !== undefined);
  // What a stranger adds counts for nothing beside what somebody says who is trusted.
  for (const claim of trustedUses.length > 0 ? trustedUses : uses) {
    const deployment = readDeployment(claim);
    if (deployment === undefined) {
      continue;
    }
    const { environment, source, signer, stranger = "nobody" } = deployment;
    const where = `the deployment of ${quote(name)} to ${quote(environment)} in ${source}`;
    if (signer === undefined) {
      const message = `${where} is signed by ${stranger}, and not by anybody who is trusted`;
      say(walk, id, UNSIGNED_STEP, message);
    }
    const decision = decisionOf(claim);
    if (decision !== undefined && !walk.claims.has(decision)) {
      const message = `${where} goes by a decision that is not among the claims (sha256:${quote(decision, 12).slice(1, -1)})`;
      say(walk, id, GAP, message);
    }
  }
}

function say(walk: Walk, node: number, rule: RuleInfo, message: string): void {
  walk.problems.push({ rule, node, evidence: { message, key: `${rule.id} ${node}` } });
}
