/** Names as they are assigned to. */

import type { Expression } from "../../codecs/jinja/syntax.ts";

/** `name`, or `name.attribute` of a namespace. */
export function nameOf(target: Expression): string | undefined {
  if (target.kind === "name") {
    return target.name;
  }
  return target.kind === "attribute" && target.object.kind === "name"
    ? `${target.object.name}.${target.name}`
    : undefined;
}
