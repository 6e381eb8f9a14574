/**
 * Names of local files. Most are UTF-8 and travel as strings, which is several times faster; a name
 * that is not (Linux allows any bytes but `/` and 0) travels as bytes, and people see `\xNN` for what
 * is not text.
 */

/** A path as the operating system takes it. */
export type NativePath = string | Uint8Array;

const SLASH = 0x2f;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The path of `name` inside `folder`. */
export function joinNative(folder: NativePath, name: NativePath): NativePath {
  if (typeof folder === "string" && typeof name === "string") {
    return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
  }
  const parent = bytesOf(folder);
  const slash = parent.at(-1) === SLASH ? [] : [Uint8Array.of(SLASH)];
  return Buffer.concat([parent, ...slash, bytesOf(name)]);
}

/** The bytes of a name. */
export function bytesOf(name: NativePath): Uint8Array {
  return typeof name === "string" ? Buffer.from(name) : name;
}

/** What `node:fs` takes. */
export function fsPath(path: NativePath): string | Buffer {
  return typeof path === "string"
    ? path
    : Buffer.from(path.buffer, path.byteOffset, path.byteLength);
}

/** Text of a name, each byte that is not UTF-8 as `\xNN`. */
export function nameText(name: NativePath): string {
  if (typeof name === "string") {
    return name;
  }
  try {
    return strict.decode(name);
  } catch {
    return lenientText(name);
  }
}

/** Decodes the longest valid sequences, one at a time. */
function lenientText(bytes: Uint8Array): string {
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length === 0) {
      text += String.raw`\x` + (bytes[at] ?? 0).toString(16).padStart(2, "0");
      at += 1;
    } else {
      text += strict.decode(bytes.subarray(at, at + length));
      at += length;
    }
  }
  return text;
}

/** Length of the valid UTF-8 sequence at `at`, 0 where there is none. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) {
    return 1;
  }
  const length = leadLength(lead);
  if (length === 0 || at + length > bytes.length) {
    return 0;
  }
  try {
    strict.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}

function leadLength(lead: number): number {
  if (lead >= 0xc2 && lead <= 0xdf) {
    return 2;
  }
  if (lead >= 0xe0 && lead <= 0xef) {
    return 3;
  }
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}
