/**
 * Showing strings that come out of a model. Nothing in them may forge structure in a terminal, a
 * report or a log: controls, bidirectional overrides and invisible characters are escaped.
 */

// C0, DEL and C1 controls; soft hyphen; Arabic letter mark; Hangul and Mongolian fillers; zero-width
// characters, bidi marks and isolates, line and paragraph separators; byte order mark; lone
// surrogates; noncharacters; tags.
const UNSAFE =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3164\ufeff\uffa0\ufff0-\uffff]|\u034f|[\u180b-\u180d\u180f]|[\ufe00-\ufe0f]|[\u{e0000}-\u{e0fff}]|\p{Cs}/gu;

/** Replaces each character that could forge structure by what `replace` makes of it. */
export function replaceUnsafe(text: string, replace: (character: string) => string): string {
  return text.replaceAll(UNSAFE, replace);
}

/** Replaces what could forge structure by visible escapes. */
export function escapeText(text: string): string {
  return replaceUnsafe(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    switch (code) {
      case 0x09:
        return "\\t";
      case 0x0a:
        return "\\n";
      case 0x0d:
        return "\\r";
      default:
        return code <= 0xff
          ? `\\x${code.toString(16).padStart(2, "0")}`
          : `\\u{${code.toString(16)}}`;
    }
  });
}

/** Quotes a string of the artifact for a message: escaped, cut to `limit` characters. */
export function quote(text: string, limit = 120): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return `"${escapeText(cut).replaceAll('"', String.raw`\"`)}"`;
}

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** A number of bytes for people, in powers of 1000: `1.2 GB`. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${UNITS[unit] ?? ""}`;
}
