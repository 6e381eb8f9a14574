/** Asks a timestamp authority over HTTP (RFC 3161, section 3.4). What it answers is verified by whoever asked. */

import { AppError } from "../../kernel/errors.ts";
import type { HttpAnswer, HttpClient } from "../http/http-client.ts";

/** Tokens with their certificates take some kilobytes. */
const LARGEST = 256 * 1024;

/**
 * Sends a TimeStampReq and gives the TimeStampResp, both in DER. Throws `AppError` where none comes, and where what
 * comes is something else.
 */
export async function requestTimestamp(
  client: HttpClient,
  url: URL,
  request: Uint8Array,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const answer = await client.send({
    url,
    method: "POST",
    headers: {
      "content-type": "application/timestamp-query",
      accept: "application/timestamp-reply",
    },
    body: request,
    ...(signal === undefined ? {} : { signal }),
  });
  const type = answer.headers["content-type"] ?? "";
  if (answer.status !== 200 || /^text\//i.test(type)) {
    answer.cancel();
    const what = answer.status === 200 ? `with ${type}` : `with status ${answer.status}`;
    throw new AppError("SOURCE_UNREADABLE", `${url.host} gives no timestamp: it answers ${what}`, {
      hint: "is this the address of a timestamp authority (RFC 3161)?",
    });
  }
  return await readBody(answer, url);
}

async function readBody(answer: HttpAnswer, url: URL): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of answer.body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > LARGEST) {
      answer.cancel();
      throw new AppError("SOURCE_FORBIDDEN", `${url.host} answers more than a timestamp can be`);
    }
  }
  return Buffer.concat(chunks);
}
