/**
 * What a value expands to when somebody prints, copies, compares or dumps it. References through the
 * memo cost two bytes each and multiply (the "billion laughs").
 */

import { KIND } from "./value.ts";
import type { Machine } from "./machine.ts";
import type { Node, Value } from "./value.ts";

/** Expanded sizes above this are all the same to us. */
const SATURATED = 2 ** 60;

/**
 * Number of leaves of the tree that `roots` unfold to. Each node is visited once; a node inside itself
 * counts as one, as printers stop there.
 */
export function expandedSize(machine: Machine, roots: Iterable<Value | undefined>): number {
  const sizes = new Map<Node, number>();
  let largest = 0;
  for (const root of roots) {
    if (typeof root === "object") {
      largest = Math.max(largest, root.size, sizeOf(machine, root, sizes));
    }
  }
  return largest;
}

function sizeOf(machine: Machine, root: Node, sizes: Map<Node, number>): number {
  // Depth first with a stack of our own: a pickle may nest deeper than any call stack.
  const path: { node: Node; next: number; sum: number }[] = [];
  const known = sizes.get(root);
  if (known !== undefined) {
    return known;
  }
  const elements = new Map<Node, readonly Value[] | undefined>();
  const itemsOf = (node: Node): readonly Value[] | undefined => {
    if (!elements.has(node)) {
      // What a call was given lives on in what it returned.
      elements.set(node, node.kind <= KIND.SET ? machine.itemsOf(node) : node.args);
    }
    return elements.get(node);
  };
  sizes.set(root, 1);
  path.push({ node: root, next: 0, sum: 1 });
  for (;;) {
    const step = path.at(-1);
    if (step === undefined) {
      return sizes.get(root) ?? 1;
    }
    const items = itemsOf(step.node);
    const item = items?.[step.next];
    if (items === undefined || step.next >= items.length) {
      path.pop();
      const forgotten = step.node.kind <= KIND.SET && items === undefined ? step.node.size : 0;
      const total = Math.min(SATURATED, Math.max(step.sum, forgotten));
      elements.delete(step.node);
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
