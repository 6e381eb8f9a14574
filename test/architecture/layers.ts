/**
 * The layers, bottom up, and where a file belongs. Imports point down; folders of one rank are siblings and do
 * not import each other.
 */

interface Layer {
  /** Folders of `src/` that share the rank. */
  readonly folders: readonly string[];
  /** Whether the folders inside are siblings too (`formats/zip` and `formats/tar`); files beside them are shared. */
  readonly nested?: boolean;
}

const layers: readonly Layer[] = [
  { folders: ["kernel"] },
  { folders: ["bytes"] },
  { folders: ["codecs"], nested: true },
  { folders: ["machines"], nested: true },
  { folders: ["formats", "expressions"], nested: true },
  {
    folders: [
      "scan",
      "weights",
      "provenance",
      "bom",
      "dependencies",
      "licenses",
      "policy",
      "behavior",
      "vendors",
    ],
  },
  { folders: ["sources", "store", "jobs", "workers", "sandbox", "reporters"] },
  { folders: ["monitor", "incidents", "compliance", "inventory"] },
  { folders: ["server", "mcp"] },
  // The composition root: its commands start the servers.
  { folders: ["cli"] },
];

/** Where a file of `src/` stands. */
export interface Place {
  readonly rank: number;
  /** The folder of `src/`; empty for the library's façade. */
  readonly folder: string;
  /** The folder or sub-folder whose files may import each other. */
  readonly unit: string;
  /** A file that lies beside the units of its layer and is theirs in common. */
  readonly shared: boolean;
}

/** Returns nothing for a file that has no place. */
export function placeOf(file: string): Place | undefined {
  const [src, folder = "", ...rest] = file.split("/");
  if (src !== "src") return undefined;
  // The façade joins everything and is joined by nothing.
  if (folder === "index.ts") return { rank: layers.length, folder: "", unit: "", shared: false };
  const rank = layers.findIndex((layer) => layer.folders.includes(folder));
  const layer = layers[rank];
  if (layer === undefined || rest.length === 0) return undefined;
  const shared = layer.nested === true && rest.length === 1;
  const unit = layer.nested === true && !shared ? `${folder}/${rest[0]}` : folder;
  return { rank, folder, unit, shared };
}

/** Why the first place may not import the second, or nothing where it may. */
export function objection(from: Place, to: Place): string | undefined {
  if (to.rank > from.rank) return `${from.unit} is below ${to.unit || "the façade"}`;
  if (to.rank < from.rank || to.unit === from.unit) return undefined;
  if (to.folder === from.folder && (to.shared || from.shared)) return undefined;
  return `${from.unit} and ${to.unit} are siblings`;
}
