/**
 * Path validation (RFC 5280, section 6) for signers of content: all paths from the leaf to the certificates that the
 * caller trusts, at one moment. A path is good when each of its certificates is, the anchor's included. Names are
 * compared by their bytes. Not done: revocation, name and policy constraints (refused where they appear), and
 * anything that needs the network.
 */

import type { Certificate } from "./certificate.ts";
import { checkCertificate } from "./check-certificate.ts";
import type { Purpose } from "./check-certificate.ts";
import { explainFailure } from "./explain-failure.ts";
import { isSelfIssued, IssuerGraph } from "./issuer-graph.ts";
import { EKU } from "./oids.ts";
import { allowsBelow, LONGEST_PATH } from "./path-limits.ts";
import type { CertificateProblem } from "./problem.ts";

export interface PathOptions {
  /** As they came with the signature; in any order, and any number of them. */
  readonly intermediates: readonly Certificate[];
  /**
   * What the caller trusts. Self-issued ones end a path; so does any other one, unless its issuer is named as well:
   * then they are a chain, and its upper end counts.
   */
  readonly anchors: readonly Certificate[];
  /** Milliseconds since 1970 at which everything has to be valid: a verified timestamp, or now. */
  readonly at: number;
  /** Key purposes of which the leaf has to name one. Code signing, unless given. */
  readonly eku?: readonly string[];
}

export type PathResult =
  /** Leaf first, anchor last; only the leaf where that is trusted by itself. */
  | { readonly kind: "valid"; readonly path: readonly Certificate[] }
  /** All that is wrong with the path that comes closest. */
  | { readonly kind: "invalid"; readonly problems: readonly CertificateProblem[] };

/** Looks for a valid path from `leaf` to one of the anchors. Bounded work, whatever the certificates. */
export function validatePath(leaf: Certificate, options: PathOptions): PathResult {
  const purpose: Purpose = { at: options.at, eku: options.eku ?? [EKU.codeSigning] };
  const graph = new IssuerGraph(options.intermediates, options.anchors);
  const path = findPath(leaf, graph, purpose);
  return path === undefined
    ? { kind: "invalid", problems: explainFailure(leaf, graph, purpose) }
    : { kind: "valid", path };
}

function findPath(
  leaf: Certificate,
  graph: IssuerGraph,
  purpose: Purpose,
): readonly Certificate[] | undefined {
  const isAnchor = graph.isAnchor(leaf);
  if (checkCertificate(leaf, "leaf", purpose, isAnchor).length > 0) {
    return undefined;
  }
  return isAnchor ? [leaf] : new PathSearch(graph, purpose).extend([leaf], 0);
}

/**
 * Depth first. Whether a certificate leads to an anchor depends only on its place and on how many authorities lie
 * below it, so that each such state is tried once: loops and cross-signatures cost no more than that.
 */
class PathSearch {
  readonly #graph: IssuerGraph;
  readonly #purpose: Purpose;
  readonly #sound = new Map<Certificate, boolean>();
  readonly #failed = new Map<Certificate, Set<number>>();

  constructor(graph: IssuerGraph, purpose: Purpose) {
    this.#graph = graph;
    this.#purpose = purpose;
  }

  /** `below`: authorities on the path that are not self-issued. */
  extend(path: readonly Certificate[], below: number): readonly Certificate[] | undefined {
    const last = path.at(-1);
    if (last === undefined || path.length >= LONGEST_PATH || this.#hasFailed(last, path, below)) {
      return undefined;
    }
    for (const { certificate, isAnchor } of this.#graph.issuersOf(last)) {
      if (this.#isSound(certificate, isAnchor) && allowsBelow(certificate, below)) {
        const longer = [...path, certificate];
        const whole = isAnchor
          ? longer
          : this.extend(longer, below + (isSelfIssued(certificate) ? 0 : 1));
        if (whole !== undefined) {
          return whole;
        }
      }
    }
    return undefined;
  }

  #hasFailed(certificate: Certificate, path: readonly Certificate[], below: number): boolean {
    const states = this.#failed.get(certificate) ?? new Set();
    this.#failed.set(certificate, states);
    const state = path.length * LONGEST_PATH + below;
    const known = states.has(state);
    // Asked again, it has either failed or is being tried.
    states.add(state);
    return known;
  }

  #isSound(certificate: Certificate, isAnchor: boolean): boolean {
    const known = this.#sound.get(certificate);
    const sound =
      known ?? checkCertificate(certificate, "ca", this.#purpose, isAnchor).length === 0;
    this.#sound.set(certificate, sound);
    return sound;
  }
}
