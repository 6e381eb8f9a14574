/** Reads a TimeStampResp (RFC 3161, section 2.4.2), as bundles keep it, or the token alone, as others do. */

import { DerProblem } from "../../codecs/der/der-problem.ts";
import { DerReader } from "../../codecs/der/der-reader.ts";
import { readSmallInteger } from "../../codecs/der/read-values.ts";
import { TAG } from "../../codecs/der/tags.ts";
import { quote } from "../../kernel/text.ts";
import { readToken } from "./parse-token.ts";
import type { TimestampToken } from "./parse-token.ts";

/** Tokens with their certificates take some kilobytes. */
const LARGEST = 1024 * 1024;

export type TimestampResponse =
  | { readonly kind: "granted"; readonly token: TimestampToken }
  | { readonly kind: "refused"; readonly reason: string };

/** Throws `DerProblem` only. */
export function readResponse(bytes: Uint8Array): TimestampResponse {
  if (bytes.length > LARGEST) {
    throw new DerProblem(`a timestamp of ${bytes.length} bytes is not read`, 0);
  }
  const outer = new DerReader(bytes);
  const inside = outer.enter(TAG.sequence, "a timestamp");
  outer.finish("the timestamp");
  if (inside.peek() === TAG.oid) {
    return { kind: "granted", token: readToken(new DerReader(bytes)) };
  }
  const { status, text } = readStatus(inside.enter(TAG.sequence, "the status of a timestamp"));
  // 0 granted, 1 granted with modifications.
  if (status > 1) {
    return { kind: "refused", reason: `status ${status}${text === "" ? "" : `, ${quote(text)}`}` };
  }
  const token = readToken(inside);
  inside.finish("the timestamp");
  return { kind: "granted", token };
}

/** PKIStatusInfo. */
function readStatus(inside: DerReader): { status: number; text: string } {
  const status = readSmallInteger(inside);
  const texts: string[] = [];
  if (inside.peek() === TAG.sequence) {
    const list = inside.enter();
    while (!list.atEnd) {
      texts.push(Buffer.from(list.content(list.next(TAG.utf8String, "a text"))).toString("utf8"));
    }
  }
  const failure = inside.optional(TAG.bitString);
  inside.finish("the status of a timestamp");
  const bits =
    failure === undefined ? "" : `failure ${Buffer.from(inside.content(failure)).toString("hex")}`;
  return { status, text: [...texts, bits].filter((each) => each !== "").join("; ") };
}
