/** A JSON object with an object `weight_map` among its first members; nothing else about it is fixed. */

import { JsonScanner, PUNCTUATION } from "../../codecs/json-scanner.ts";
import type { Match } from "../format.ts";

const KEY = '"weight_map"';
/** Members that are skipped before the map is there. */
const MOST_MEMBERS = 64;

/** What the head shows. */
export function detectShardIndex(head: Uint8Array): Match {
  const json = new JsonScanner(head);
  if (json.peek() !== PUNCTUATION.openObject || !json.bytes.includes(KEY)) {
    return "none";
  }
  if (json.open(PUNCTUATION.openObject) !== "filled") {
    return "none";
  }
  for (let member = 0; member < MOST_MEMBERS && json.failure === undefined; member += 1) {
    const at = json.peek() === PUNCTUATION.quote ? json.at : -1;
    if (!json.string() || !json.take(PUNCTUATION.colon)) {
      return "none";
    }
    if (json.has(KEY, at) && json.peek() === PUNCTUATION.openObject) {
      return "certain";
    }
    if (!json.skip(1) || !json.more(PUNCTUATION.closeObject)) {
      return "none";
    }
  }
  return "none";
}
