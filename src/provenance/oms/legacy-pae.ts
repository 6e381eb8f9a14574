/**
 * What releases 0.2 and 0.3 of the reference signed by mistake: the tag of DSSE in capitals, and behind it the payload
 * as Python shows bytes (`b'{"a": 1}\n'` with `\n` written out). It is injective, so nothing else can be slipped in;
 * certificates signed it with SHA-256 whatever their curve.
 */

const QUOTE = 0x27;
const DOUBLE_QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The bytes that such a signature covers. */
export function legacyPae(payloadType: string, payload: Uint8Array): Uint8Array {
  const type = Buffer.from(payloadType);
  const head = `DSSEV1 ${type.length} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), pythonBytes(payload)]);
}

/** `repr()` of Python's bytes: single quotes, unless there are such in it and no double ones. */
function pythonBytes(bytes: Uint8Array): Uint8Array {
  const quote = bytes.includes(QUOTE) && !bytes.includes(DOUBLE_QUOTE) ? DOUBLE_QUOTE : QUOTE;
  // A byte becomes four at most.
  const text = Buffer.allocUnsafe(bytes.length * 4 + 3);
  let at = text.write("b", 0);
  text[at++] = quote;
  for (const byte of bytes) {
    if (byte === quote || byte === BACKSLASH) {
      text[at++] = BACKSLASH;
      text[at++] = byte;
    } else if (byte >= 0x20 && byte < 0x7f) {
      text[at++] = byte;
    } else {
      at += text.write(escapeOf(byte), at, "latin1");
    }
  }
  text[at++] = quote;
  return text.subarray(0, at);
}

function escapeOf(byte: number): string {
  switch (byte) {
    case 0x09:
      return String.raw`\t`;
    case 0x0a:
      return String.raw`\n`;
    case 0x0d:
      return String.raw`\r`;
    default:
      return String.raw`\x` + byte.toString(16).padStart(2, "0");
  }
}
