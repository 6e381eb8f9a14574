/** What Rock Ridge adds to a record (IEEE P1282): names, modes, links. Names that go on elsewhere are followed once. */

import { utf8 } from "../../bytes/read.ts";

export interface RockRidge {
  readonly name: string | undefined;
  readonly mode: number;
  readonly linkTarget: string | undefined;
  readonly isPacked: boolean;
  /** Where more of this lies: sector, offset, length. */
  readonly more:
    | { readonly sector: number; readonly at: number; readonly length: number }
    | undefined;
}

const CONTINUES = 1;
const COMPONENTS: Readonly<Record<number, string>> = { 2: ".", 4: "..", 8: "/" };

/** Reads the system use area of a record, which may continue what was read before. */
export function readRockRidge(area: Uint8Array, before: RockRidge = NOTHING): RockRidge {
  let ridge: RockRidge = { ...before, more: undefined };
  let at = 0;
  while (at + 4 <= area.length) {
    const length = area[at + 2] ?? 0;
    if (length < 4 || at + length > area.length) {
      break;
    }
    ridge = { ...ridge, ...readField(area.subarray(at, at + length), ridge) };
    at += length;
  }
  return ridge;
}

const NOTHING: RockRidge = {
  name: undefined,
  mode: 0,
  linkTarget: undefined,
  isPacked: false,
  more: undefined,
};

/** One field: two letters, its length, a version, and what it says. */
function readField(field: Uint8Array, { name, linkTarget }: RockRidge): Partial<RockRidge> {
  const view = new DataView(field.buffer, field.byteOffset, field.byteLength);
  const text = field.subarray(5);
  switch (String.fromCharCode(field[0] ?? 0, field[1] ?? 0)) {
    case "NM":
      return { name: (name ?? "") + utf8(text) };
    case "PX":
      return field.length < 12 ? {} : { mode: view.getUint32(4, true) };
    case "SL":
      return { linkTarget: joined(linkTarget, components(text)) };
    case "ZF":
      return { isPacked: true };
    case "CE":
      return field.length < 28 ? {} : { more: placeIn(view) };
    default:
      return {};
  }
}

function placeIn(view: DataView): RockRidge["more"] {
  return {
    sector: view.getUint32(4, true),
    at: view.getUint32(12, true),
    length: view.getUint32(20, true),
  };
}

function joined(before: string | undefined, next: string): string {
  return before === undefined || before.endsWith("/") ? (before ?? "") + next : `${before}/${next}`;
}

function components(area: Uint8Array): string {
  let path = "";
  let isOpen = true;
  for (let at = 0; at + 2 <= area.length;) {
    const flags = area[at] ?? 0;
    const length = area[at + 1] ?? 0;
    const text = COMPONENTS[flags & ~CONTINUES] ?? utf8(area, at + 2, at + 2 + length);
    path += isOpen || path.endsWith("/") ? text : `/${text}`;
    isOpen = (flags & CONTINUES) !== 0;
    at += 2 + length;
  }
  return path;
}
