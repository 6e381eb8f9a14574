// Builds dist/ when it was not built from the sources as they are now.
import { spawnSync } from "node:child_process";
import { readdirSync, renameSync, rmSync } from "node:fs";
import { withLock } from "./lock.mjs";
import { inRoot } from "./paths.mjs";
import { BootstrapError, say } from "./say.mjs";
import { isBuilt, sourceState, writeStamp } from "./stamps.mjs";

/** @param {string} node the Node that runs the build */
export function build(node) {
  withLock("build", isBuilt, () => {
    say("building dist");
    const started = Date.now();
    // Taken first: what changes while the build reads makes the next start build again.
    const state = sourceState();
    removeLeftovers();
    const fresh = inRoot(`dist.tmp-${process.pid}`);
    runBuild(node, fresh);
    writeStamp(fresh, state);
    swap(fresh);
    say(`built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  });
}

function runBuild(node, folder) {
  const script = inRoot("tools", "build", "main.ts");
  const result = spawnSync(node, ["--disable-warning=ExperimentalWarning", script, folder], {
    cwd: inRoot(),
    // The compiler reports on stdout, which belongs to the program that is started next.
    stdio: ["ignore", 2, 2],
  });
  if (result.status === 0) return;
  rmSync(folder, { recursive: true, force: true });
  throw new BootstrapError("the build failed, as said above; mend the sources and start again");
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
