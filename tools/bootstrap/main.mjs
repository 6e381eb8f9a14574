// What every npm script starts through: finds a Node that is new enough, installs from the lock file when needed,
// builds when stale, then hands over. Depends on nothing that has to be installed, and runs on Node 18.
//
// usage: node tools/bootstrap/main.mjs <task> [arguments]
import { existsSync, readFileSync } from "node:fs";
import { ensureBuilt } from "./build.mjs";
import { ensureInstalled } from "./install.mjs";
import { ensureNode } from "./node.mjs";
import { inRoot, root } from "./paths.mjs";
import { runTask } from "./run.mjs";
import { BootstrapError, say } from "./say.mjs";
import { tasks } from "./tasks.mjs";

/** Everything up to the hand-over: returns what to run, or nothing where there is nothing more to do. */
function prepare([name, ...userArgs]) {
  const task = Object.hasOwn(tasks, name || "") ? tasks[name] : undefined;
  if (task === undefined && name !== "build") {
    throw new BootstrapError(`no task ${name}; there are build, ${Object.keys(tasks).join(", ")}`);
  }
  const { engines } = JSON.parse(readFileSync(inRoot("package.json"), "utf8"));
  const node = ensureNode(engines.node);
  ensureInstalled({
    folder: root,
    name: "install",
    what: "the packages of package-lock.json",
    node,
    otherwise: "check the network and npm's configuration, and try again",
  });
  if (task === undefined || task.needsBuild) ensureBuilt(node);
  if (task === undefined) return undefined;
  if (existsSync(inRoot(task.script))) return { task, node, userArgs };
  throw new BootstrapError(`this checkout has no ${task.script}`);
}

let ready;
try {
  ready = prepare(process.argv.slice(2));
} catch (error) {
  // A full disk or a missing permission is as expected as a failing install; anything else is a bug of ours.
  if (!(error instanceof BootstrapError) && !error.syscall) throw error;
  say(error.message);
  process.exitCode = 2;
}
// Not under the try: what the task throws is the task's own.
if (ready) await runTask(ready.task, ready.node, ready.userArgs);
