/**
 * Extended headers that come before a member and overrule its header: pax records (`x`, `g`), GNU long
 * names (`L`, `K`). Readers differ in which one wins when there are two, so what each says is kept until
 * the member comes.
 */

import type { TarHeader } from "./header.ts";
import { TAR_DIFFERS } from "./tar-archive.ts";

export class TarMetadata {
  readonly #global = new Map<string, string>();
  #paxNames: string[] = [];
  #gnuNames: string[] = [];
  #paxLinks: string[] = [];
  #gnuLinks: string[] = [];
  #paxSizes: string[] = [];
  #sparse = false;
  /** Position of the first extended header since the last member. */
  start: number | undefined;

  addGnuName(name: string): void {
    push(this.#gnuNames, name);
  }

  addGnuLink(name: string): void {
    push(this.#gnuLinks, name);
  }

  addGlobal(records: ReadonlyMap<string, string>): void {
    for (const key of ["path", "linkpath", "size"]) {
      const value = records.get(key);
      if (value !== undefined) {
        this.#global.set(key, value);
      }
    }
  }

  addPax(records: ReadonlyMap<string, string>): void {
    push(this.#paxNames, records.get("GNU.sparse.name") ?? records.get("path"));
    push(this.#paxLinks, records.get("linkpath"));
    push(this.#paxSizes, records.get("size"));
    this.#sparse ||= [...records.keys()].some((key) => key.startsWith("GNU.sparse."));
  }

  /** What the member after the extended headers is; forgets them. */
  apply(header: TarHeader): {
    readonly name: string;
    readonly linkName: string;
    readonly size: number | undefined;
    readonly sparse: boolean;
    readonly differs: number;
  } {
    const names = [...this.#paxNames, ...this.#gnuNames];
    const links = [...this.#paxLinks, ...this.#gnuLinks];
    const size = decimal(this.#paxSizes.at(-1) ?? this.#global.get("size"));
    const overruled = size !== undefined && header.size !== size;
    let differs = 0;
    if (hasTwo(names) || (header.ambiguousPrefix && names.length === 0)) {
      differs |= TAR_DIFFERS.name;
    }
    if (hasTwo(links)) {
      differs |= TAR_DIFFERS.linkName;
    }
    // A size that fits the header belongs there too; a writer that leaves it out misleads old readers.
    if (hasTwo(this.#paxSizes) || (overruled && size < 8 ** 11)) {
      differs |= TAR_DIFFERS.size;
    }
    const result = {
      name: names.at(0) ?? this.#global.get("path") ?? header.name,
      linkName: links.at(0) ?? this.#global.get("linkpath") ?? header.linkName,
      size: size ?? header.size,
      sparse: this.#sparse || header.type === "S",
      differs,
    };
    this.#forget();
    return result;
  }

  #forget(): void {
    this.start = undefined;
    if (this.#paxNames.length + this.#paxLinks.length + this.#paxSizes.length > 0) {
      this.#paxNames = [];
      this.#paxLinks = [];
      this.#paxSizes = [];
    }
    if (this.#gnuNames.length + this.#gnuLinks.length > 0) {
      this.#gnuNames = [];
      this.#gnuLinks = [];
    }
    this.#sparse = false;
  }
}

/** Keeps the first value and the last one that differs: enough to know that there were two. */
function push(list: string[], value: string | undefined): void {
  if (value !== undefined && (list.length === 0 || value !== list[0])) {
    list[Math.min(1, list.length)] = value;
  }
}

function hasTwo(values: readonly string[]): boolean {
  return values.some((value) => value !== values[0]);
}

function decimal(text: string | undefined): number | undefined {
  return text !== undefined && /^[0-9]{1,19}$/.test(text) ? Number(text) : undefined;
}
