/**
 * Names in zip headers: UTF-8 where flag bit 11 says so, else IBM code page 437 (APPNOTE, appendix D),
 * which is how Python, Java and 7-Zip take them. Names that claim UTF-8 and are not become code page
 * 437 too: readers differ there, and no byte may get lost.
 */

const UPPER =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐" +
  "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The name in `bytes[start, end)`. */
export function decodeName(bytes: Buffer, start: number, end: number, isUtf8: boolean): string {
  if (isAscii(bytes, start, end)) {
    return bytes.toString("latin1", start, end);
  }
  if (isUtf8) {
    try {
      return UTF8.decode(bytes.subarray(start, end));
    } catch {
      // Not UTF-8.
    }
  }
  let name = "";
  for (let index = start; index < end; index += 1) {
    const byte = bytes[index] ?? 0;
    name += byte < 0x80 ? String.fromCharCode(byte) : (UPPER[byte - 0x80] ?? "");
  }
  return name;
}

/** Whether every byte is below 0x80. */
export function isAscii(bytes: Uint8Array, start: number, end: number): boolean {
  for (let index = start; index < end; index += 1) {
    if ((bytes[index] ?? 0) >= 0x80) {
      return false;
    }
  }
  return true;
}
