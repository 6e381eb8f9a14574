/**
 * The other origin, which holds the content of LFS files. It knows nobody: the right to read is in the signed query,
 * which ends, and a request that brings credentials of another place is refused, as object stores do.
 */

import { createHash } from "node:crypto";
import { bytesOf } from "./content.ts";
import { fileReply, textReply } from "./reply.ts";
import type { Headers, Reply } from "./reply.ts";
import { identify } from "./repo.ts";
import type { HubFile } from "./repo.ts";

interface Link {
  readonly file: HubFile;
  usesLeft: number;
}

export class SignedLinks {
  readonly #origin: string;
  readonly #uses: number;
  readonly #links = new Map<string, Link>();
  #signed = 0;

  /** Each link of `origin` serves `uses` GET requests. */
  constructor(origin: string, uses: number) {
    this.#origin = origin;
    this.#uses = uses;
  }

  /** A new address for the content of an LFS file. */
  sign(file: HubFile): string {
    this.#signed += 1;
    const { etag } = identify(file);
    const signature = createHash("sha256").update(`${this.#signed} ${etag}`).digest("hex");
    this.#links.set(signature, { file, usesLeft: this.#uses });
    const name = encodeURIComponent(`inline; filename="${file.path.split("/").at(-1)}"`);
    return `${this.#origin}/repos/${etag.slice(0, 2)}/${etag}?response-content-disposition=${name}&Expires=4102444800&Signature=${signature}&Key-Pair-Id=TESTHUB`;
  }

  /** Which file an address is for, whether it still serves or not. */
  find(url: URL): Link | undefined {
    return this.#links.get(url.searchParams.get("Signature") ?? "");
  }

  /** Ends every link that was given out. */
  expire(): void {
    for (const link of this.#links.values()) {
      link.usesLeft = 0;
    }
  }
}

export function cdnReply(links: SignedLinks, method: string, url: URL, headers: Headers): Reply {
  if (headers["authorization"] !== undefined) {
    return xmlReply(400, "InvalidArgument", "Only one auth mechanism allowed");
  }
  const link = links.find(url);
  if (!link || link.usesLeft <= 0) {
    return xmlReply(403, "AccessDenied", link ? "Request has expired" : "Access Denied");
  }
  link.usesLeft -= method === "HEAD" ? 0 : 1;
  const { etag } = identify(link.file);
  const own = createHash("md5").update(etag).digest("hex");
  return fileReply(bytesOf(link.file.content), method === "HEAD" ? undefined : headers["range"], {
    etag: `"${own}"`,
    "cache-control": "public, max-age=31536000",
  });
}

function xmlReply(status: number, code: string, message: string): Reply {
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return textReply(status, text, { "content-type": "application/xml" });
}
