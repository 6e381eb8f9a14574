/**
 * Locators: addresses inside an artifact, such as `model.zip!inner.pt!archive/data.pkl@0x1a2`.
 * `!` steps into a container, `@0x` gives a byte offset inside the innermost one.
 */

/** Steps from a container to something inside it. */
export function memberLocator(parent: string, member: string): string {
  return `${parent}!${member}`;
}

/** Adds a byte offset. */
export function offsetLocator(locator: string, offset: number): string {
  return `${locator}@0x${offset.toString(16)}`;
}

/** Removes byte offsets, which move between two uploads of the same problem. */
export function withoutOffsets(locator: string): string {
  return locator.replaceAll(/@0x[0-9a-f]+/g, "");
}
