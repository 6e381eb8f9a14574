/**
 * Trees that no honest hub sends, each a fault for `tree` requests.
 */

import type { Fault } from "./fault.ts";

const OID = "a".repeat(40);

/** A tree with more entries at its end, each a value or, where JSON has no word for it, text. */
export function withEntries(...entries: readonly (object | string)[]): Fault {
  const texts = entries.map((entry) => (typeof entry === "string" ? entry : JSON.stringify(entry)));
  return {
    kind: "text",
    edit: (text) => `[${[text.slice(1, -1), ...texts].filter((part) => part !== "").join(",")}]`,
  };
}

/** A tree whose next page is at an address; `hub.endpoint` and the path of the request itself make a loop. */
export function withNext(address: string): Fault {
  return { kind: "headers", set: { link: `<${address}>; rel="next"` } };
}

function file(more: object): object {
  return { type: "file", path: "sound.bin", size: 1, oid: OID, ...more };
}

/** Entries that a client must not believe, by what is wrong with them. */
export const HOSTILE_ENTRIES: Readonly<Record<string, object | string>> = {
  "a path that leads out": file({ path: "../x" }),
  "a path that leads out further down": file({ path: "a/../../x" }),
  "an absolute path": file({ path: "/etc/x" }),
  "a path of another system": file({ path: "C:\\x" }),
  "a path with NUL": file({ path: "a\0b" }),
  "an empty path": file({ path: "" }),
  "a path that is no text": file({ path: 7 }),
  "no path": { type: "file", size: 1, oid: OID },
  "a negative size": file({ size: -1 }),
  "half a byte": file({ size: 0.5 }),
  "a size beyond all": file({ size: 2 ** 60 }),
  "a size that is text": file({ size: "1" }),
  "a size that is no number": `{"type":"file","path":"sound.bin","oid":"${OID}","size":NaN}`,
  "a size that is infinite": `{"type":"file","path":"sound.bin","oid":"${OID}","size":1e999}`,
  "an oid of no shape": file({ oid: "xyz" }),
  "an oid that leads out": file({ oid: `../${"a".repeat(37)}` }),
  "an LFS oid of no shape": file({ lfs: { oid: OID, size: 1, pointerSize: 100 } }),
  "two sizes": file({ lfs: { oid: "a".repeat(64), size: 2, pointerSize: 100 } }),
  "a type of its own": file({ type: "socket" }),
  "no object": "null",
  "a list": "[]",
};
