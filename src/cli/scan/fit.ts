/** Cuts a line to a terminal's width, so that it never wraps and can be taken away again. */

/** From here on a character may be two columns wide; some are not, and cutting early does no harm. */
const WIDE_FROM = 0x1100;

/** The line, its end replaced by `…` where it is wider than `columns`. */
export function fit(line: string, columns: number): string {
  let width = 0;
  let kept = "";
  for (const character of line) {
    const next = width + ((character.codePointAt(0) ?? 0) >= WIDE_FROM ? 2 : 1);
    if (next > columns) {
      return shorten(kept, columns);
    }
    kept += character;
    width = next;
  }
  return kept;
}

/** Makes room for the mark, which is one column wide. */
function shorten(kept: string, columns: number): string {
  return columns < 1 ? "" : `${Array.from(kept).slice(0, -1).join("")}…`;
}
