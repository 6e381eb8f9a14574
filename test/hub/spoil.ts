/**
 * Works a fault of what is said into an answer.
 */

import { gzipSync } from "node:zlib";
import { bytesOf } from "./content.ts";
import type { Bytes } from "./content.ts";
import type { ReplyFault } from "./fault.ts";
import { jsonReply, textReply } from "./reply.ts";
import type { Reply } from "./reply.ts";
import { redirect } from "./resolve.ts";

/** The answer to `asked` as the fault has it. Faults that do not fit the answer leave it as it is. */
export function spoil(reply: Reply, fault: ReplyFault, asked: URL): Reply {
  switch (fault.kind) {
    case "status": {
      const text = fault.body ?? `<!doctype html><title>${fault.status}</title>`;
      return textReply(fault.status, text, { "content-type": "text/html", ...fault.headers });
    }
    case "headers":
      return withHeaders(reply, fault.set);
    case "redirect": {
      const to = typeof fault.to === "string" ? fault.to : fault.to(asked);
      return redirect(fault.status ?? 302, to);
    }
    case "range":
      return reply.whole && reply.range
        ? withHeaders(reply, {
            "content-range": fault.say({ ...reply.range, total: reply.whole.size }),
          })
        : reply;
    case "whole":
      return reply.whole
        ? withHeaders(withBody({ ...reply, status: 200 }, reply.whole), { "content-range": null })
        : reply;
    case "long":
      return lengthen(reply, fault.extra, fault.contentRange === "sent");
    case "gzip": {
      const packed = bytesOf(gzipSync(textOf(reply)));
      return withHeaders(withBody(reply, packed), { "content-encoding": "gzip" });
    }
    case "text":
      return withBody(reply, bytesOf(fault.edit(textOf(reply).toString())));
    case "endless":
      return endless(fault.entries, asked);
    default:
      return reply;
  }
}

function textOf(reply: Reply): Buffer {
  return Buffer.from(reply.body.read(0, reply.body.size));
}

function withBody(reply: Reply, body: Bytes): Reply {
  return withHeaders({ ...reply, body }, { "content-length": String(body.size) });
}

function withHeaders(reply: Reply, set: Readonly<Record<string, string | null>>): Reply {
  const pairs = Object.entries({ ...reply.headers, ...set });
  const kept = pairs.filter((pair): pair is [string, string] => pair[1] !== null);
  return { ...reply, headers: Object.fromEntries(kept) };
}

/** More bytes than were asked for: those that follow in the file, then zeros. */
function lengthen(reply: Reply, extra: number, honest: boolean): Reply {
  const { whole, range } = reply;
  if (!whole || !range) {
    return reply;
  }
  const end = range.end + extra;
  const said = honest
    ? { "content-range": `bytes ${range.start}-${end - 1}/${Math.max(end, whole.size)}` }
    : {};
  const body: Bytes = {
    size: end - range.start,
    read(from, to) {
      const bytes = new Uint8Array(to - from);
      const start = Math.min(range.start + from, whole.size);
      bytes.set(whole.read(start, Math.min(range.start + to, whole.size)));
      return bytes;
    },
  };
  return withHeaders(withBody(reply, body), said);
}

function endless(entries: number, asked: URL): Reply {
  const page = Number(asked.searchParams.get("cursor") ?? "0");
  const files = Array.from({ length: entries }, (_, index) => ({
    type: "file",
    oid: "0".repeat(40),
    size: 1,
    path: `endless/${page}-${index}.bin`,
  }));
  const next = new URL(asked);
  next.searchParams.set("cursor", String(page + 1));
  return jsonReply(files, { link: `<${next.href}>; rel="next"` });
}
