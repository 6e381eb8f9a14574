/**
 * What a value expands to when somebody prints, copies, compares or dumps it. References through the
 * memo cost two bytes each and multiply (the "billion laughs").
 */

import { KIND } from "./value.ts";
import type { Node, Value } from "./value.ts";

/** Expanded sizes above this are all the same to us. */
const SATURATED = 2 ** 60;

/**
 * Number of leaves of the tree that `roots` unfold to. Each node is visited once; a node inside itself
 * counts as one, as printers stop there.
 */
export function expandedSize(roots: Iterable<Value | undefined>): number {
  const sizes = new Map<Node, number>();
  let largest = 0;
  for (const root of roots) {
    if (typeof root === "object") {
      largest = Math.max(largest, sizeOf(root, sizes));
    }
  }
  return largest;
}

function sizeOf(root: Node, sizes: Map<Node, number>): number {
  // Depth first with a stack of our own: a pickle may nest deeper than any call stack.
  const path: { node: Node; next: number; sum: number }[] = [];
  const known = sizes.get(root);
  if (known !== undefined) {
    return known;
  }
  sizes.set(root, 1);
  path.push({ node: root, next: 0, sum: 1 });
  for (;;) {
    const step = path.at(-1);
    if (step === undefined) {
      return sizes.get(root) ?? 1;
    }
    const items = step.node.kind <= KIND.SET ? step.node.items : undefined;
    const item = items?.[step.next];
    if (items === undefined || step.next >= items.length) {
      path.pop();
      // Elements that were not kept are leaves at least.
      const total = Math.min(SATURATED, step.sum + (step.node.count - (items?.length ?? 0)));
      sizes.set(step.node, total);
      const parent = path.at(-1);
      if (parent !== undefined) {
        parent.sum = Math.min(SATURATED, parent.sum + total);
      }
      continue;
    }
    step.next += 1;
    if (typeof item !== "object") {
      step.sum += 1;
      continue;
    }
    const size = sizes.get(item);
    if (size === undefined) {
      sizes.set(item, 1);
      path.push({ node: item, next: 0, sum: 1 });
    } else {
      step.sum = Math.min(SATURATED, step.sum + size);
    }
  }
}
