// What every npm script starts through: finds a Node that is new enough, installs from the lock file when needed,
// builds when stale, then hands over. Depends on nothing that has to be installed, and runs on Node 18. What a
// start with nothing to do does not need is loaded only when it is needed.
//
// usage: node tools/bootstrap/main.mjs <task> [arguments]
import { existsSync, readFileSync } from "node:fs";
import { inRoot, root } from "./paths.mjs";
import { runTask } from "./run.mjs";
import { BootstrapError, say } from "./say.mjs";
import { isBuilt, isInstalled } from "./stamps.mjs";
import { tasks } from "./tasks.mjs";
import { satisfies } from "./version.mjs";

/** Everything up to the hand-over: returns what to run, or nothing where there is nothing more to do. */
async function prepare([name, ...userArgs]) {
  const task = Object.hasOwn(tasks, name || "") ? tasks[name] : undefined;
  if (task === undefined && name !== "build") {
    throw new BootstrapError(`no task ${name}; there are build, ${Object.keys(tasks).join(", ")}`);
  }
  const node = await findNode();
  if (!isInstalled(root)) await installPackages(node);
  if ((task === undefined || task.needsBuild) && !isBuilt()) {
    const { build } = await import("./build.mjs");
    build(node);
  }
  if (task === undefined) return undefined;
  if (existsSync(inRoot(task.script))) return { task, node, userArgs };
  throw new BootstrapError(`this checkout has no ${task.script}`);
}

async function findNode() {
  const { engines } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  if (satisfies(process.versions.node, engines.node)) return process.execPath;
  const { pinnedNode } = await import("./runtime.mjs");
  return pinnedNode(engines.node);
}

async function installPackages(node) {
  const { install } = await import("./install.mjs");
  const otherwise = "check the network and npm's configuration, and try again";
  const what = "the packages of package-lock.json";
  install({ folder: root, name: "install", what, node, otherwise });
}

let ready;
try {
  ready = await prepare(process.argv.slice(2));
} catch (error) {
  // A full disk or a missing permission is as expected as a failing install; anything else is a bug of ours.
  if (!(error instanceof BootstrapError) && !error.syscall) throw error;
  say(error.message);
  process.exitCode = 2;
}
// Not under the try: what the task throws is the task's own.
if (ready) await runTask(ready.task, ready.node, ready.userArgs);
