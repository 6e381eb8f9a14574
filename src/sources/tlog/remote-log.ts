/** The published files of a log on the web: C2SP tlog-tiles. What comes back is believed nothing. */

import { Buffer } from "node:buffer";

import { AppError } from "../../kernel/errors.ts";
import { quote } from "../../kernel/text.ts";
import type { LogSource } from "../../kernel/tile-storage.ts";
import type { HttpAnswer, HttpClient } from "../http/http-client.ts";
import { checkNoPassword } from "../http/shown-address.ts";

/** A bundle of 256 entries of the longest kind. */
const LARGEST = 256 * (2 + 0xffff);
/** Stores answer so for what is not there, some of them with 403 to whom they do not list. */
const ABSENT = [403, 404, 410];

/** @param address the prefix of the log. Throws `AppError` USAGE for what is no web address. */
export function remoteLog(client: HttpClient, address: string, signal?: AbortSignal): LogSource {
  const prefix = webAddress(address);
  return {
    name: prefix,
    async read(path) {
      const answer = await client.send({
        url: new URL(`${prefix}/${path}`),
        ...(path === "checkpoint" ? { headers: { "cache-control": "no-cache" } } : {}),
        ...(signal === undefined ? {} : { signal }),
      });
      if (answer.status === 200) {
        return await readBody(answer, LARGEST);
      }
      answer.cancel();
      if (ABSENT.includes(answer.status)) {
        return undefined;
      }
      throw new AppError(
        "SOURCE_UNREADABLE",
        `${quote(prefix)} answers with status ${answer.status} for ${path}`,
      );
    },
  };
}

/** A web address without the slash at its end. Throws `AppError` USAGE for what is none. */
export function webAddress(text: string): string {
  checkNoPassword(text);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWeb = url?.protocol === "https:" || url?.protocol === "http:";
  if (url === undefined || !isWeb || url.search !== "" || url.hash !== "") {
    throw new AppError("USAGE", `${quote(text)} is no address of a log`, {
      hint: "it is what stands before /checkpoint, such as https://example.org/log",
    });
  }
  return url.href.replace(/\/+$/, "");
}

/** The body of an answer as a whole; throws `AppError` where it is longer than `largest`. */
export async function readBody(answer: HttpAnswer, largest: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.length;
    if (size > largest) {
      answer.cancel();
      throw new AppError("SOURCE_LIMIT", `${quote(answer.url.host)} answers with too much`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
