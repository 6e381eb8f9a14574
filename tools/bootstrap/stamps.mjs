// What a start asks every time: is what lies here made from the inputs as they are now? A stamp is the text of
// the inputs' state itself and not a digest of it: loading node:crypto would cost more than all the rest.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "./paths.mjs";

const buildInputs = [
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "tools/build",
  "src",
];

/** The state of a folder's lock file. The folder may be shared between systems, and packages differ between them. */
export function lockState(folder) {
  const lock = readFileSync(join(folder, "package-lock.json"), "utf8");
  return `${process.platform} ${process.arch}\n${lock}`;
}

/** Path, size and modification time of everything the build reads. Tests are no input. */
export function sourceState() {
  const lines = [];
  for (const name of buildInputs) addState(lines, name);
  return lines.join("\n");
}

function addState(lines, name) {
  const stat = statSync(inRoot(name), { throwIfNoEntry: false });
  if (stat === undefined) return;
  if (stat.isDirectory()) {
    for (const child of readdirSync(inRoot(name)).sort()) addState(lines, `${name}/${child}`);
  } else if (!name.endsWith(".test.ts")) {
    lines.push(`${name} ${stat.size} ${stat.mtimeMs}`);
  }
}

/** @param {string} folder what was made; its stamp lies in it, so that both vanish together */
export function hasStamp(folder, state) {
  try {
    return readFileSync(join(folder, ".stamp"), "utf8") === state;
  } catch {
    return false;
  }
}

export function writeStamp(folder, state) {
  // npm makes no node_modules where there is no package to put in.
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, ".stamp"), state);
}

export function isInstalled(folder) {
  return hasStamp(join(folder, "node_modules"), lockState(folder));
}

export function isBuilt() {
  return hasStamp(inRoot("dist"), sourceState());
}
