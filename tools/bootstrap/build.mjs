// Builds dist/ when it was not built from the sources as they are now.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { inRoot } from "./paths.mjs";
import { BootstrapError, say } from "./say.mjs";
import { withLock } from "./lock.mjs";

const stampName = ".stamp";
const inputs = [
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "tools/build",
  "src",
];

/** @param {string} node the Node that runs the build */
export function ensureBuilt(node) {
  const isDone = () => readStamp() === stampOfInputs();
  if (!isDone()) withLock("build", isDone, () => build(node));
}

function build(node) {
  say("building dist");
  // Taken first: what changes while the build reads makes the next start build again.
  const stamp = stampOfInputs();
  const started = Date.now();
  removeLeftovers();
  const fresh = inRoot(`dist.tmp-${process.pid}`);
  const result = spawnSync(
    node,
    ["--disable-warning=ExperimentalWarning", inRoot("tools/build/main.ts"), fresh],
    {
      cwd: inRoot(),
      // The compiler reports on stdout, which belongs to the program that is started next.
      stdio: ["ignore", 2, 2],
    },
  );
  if (result.status !== 0) {
    rmSync(fresh, { recursive: true, force: true });
    throw new BootstrapError("the build failed, as said above; mend the sources and start again");
  }
  writeFileSync(`${fresh}/${stampName}`, stamp);
  swap(fresh);
  say(`built dist in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

/** A rename each way: a program that starts meanwhile sees the old build or the new one, never half of one. */
function swap(fresh) {
  const old = inRoot(`dist.old-${process.pid}`);
  try {
    renameSync(inRoot("dist"), old);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  renameSync(fresh, inRoot("dist"));
  rmSync(old, { recursive: true, force: true });
}

/** What a killed build left. Only ever called under the lock. */
function removeLeftovers() {
  for (const name of readdirSync(inRoot())) {
    if (/^dist\.(tmp|old)-\d+$/.test(name)) rmSync(inRoot(name), { recursive: true, force: true });
  }
}

function readStamp() {
  try {
    return readFileSync(inRoot("dist", stampName), "utf8");
  } catch {
    return undefined;
  }
}

/**
 * A digest over path, size and modification time of every input: a few milliseconds where reading them all
 * would cost tens. Tests are no input.
 */
function stampOfInputs() {
  const hash = createHash("sha256");
  for (const name of inputs) addTo(hash, name);
  return hash.digest("hex");
}

function addTo(hash, name) {
  const stat = statSync(inRoot(name), { throwIfNoEntry: false });
  if (stat === undefined || name.endsWith(".test.ts")) return;
  if (!stat.isDirectory()) {
    hash.update(`${name} ${stat.size} ${stat.mtimeMs}\n`);
    return;
  }
  for (const child of readdirSync(inRoot(name)).sort()) addTo(hash, `${name}/${child}`);
}
