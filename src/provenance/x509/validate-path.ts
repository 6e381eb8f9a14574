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
  return isAnchor ? [leaf] : shortestPath(leaf, graph, purpose);
}

interface Reached {
  readonly path: readonly Certificate[];
  /** Authorities on the path that are not self-issued. */
  readonly below: number;
}

/**
 * Breadth first, the shortest paths first. Whether a certificate leads to an anchor depends only on its place and on
 * how many authorities lie below it: coming to it later and with no fewer of them can be left out, so that loops and
 * cross-signatures cost next to nothing.
 */
function shortestPath(
  leaf: Certificate,
  graph: IssuerGraph,
  purpose: Purpose,
): readonly Certificate[] | undefined {
  const fewest = new Map<Certificate, number>();
  const sound = new Map<Certificate, boolean>();
  let level: readonly Reached[] = [{ path: [leaf], below: 0 }];
  for (let length = 2; length <= LONGEST_PATH; length += 1) {
    const next: Reached[] = [];
    for (const { path, below } of level) {
      for (const { certificate, isAnchor } of graph.issuersOf(path.at(-1) ?? leaf)) {
        const isSound =
          sound.get(certificate) ??
          checkCertificate(certificate, "ca", purpose, isAnchor).length === 0;
        sound.set(certificate, isSound);
        if (!isSound || !allowsBelow(certificate, below)) {
          continue;
        }
        const longer = [...path, certificate];
        if (isAnchor) {
          return longer;
        }
        if (below < (fewest.get(certificate) ?? Infinity)) {
          fewest.set(certificate, below);
          next.push({ path: longer, below: below + (isSelfIssued(certificate) ? 0 : 1) });
        }
      }
    }
    level = next;
  }
  return undefined;
}
