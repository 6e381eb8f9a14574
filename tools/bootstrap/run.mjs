// Hands over to the task: in this process where its Node suits, else in a child that looks the same from outside.
import { delimiter, dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { inRoot, root, userDirectory } from "./paths.mjs";

/**
 * @param {import("./tasks.mjs").Task} task
 * @param {string} node
 * @param {string[]} userArgs
 */
export async function runTask(task, node, userArgs) {
  const script = inRoot(task.script);
  const args = [...(task.args || []), ...userArgs];
  const directory = task.where === "user" ? userDirectory : root;
  Object.assign(process.env, task.env);
  process.env.PATH = `${dirname(node)}${delimiter}${process.env.PATH || ""}`;

  if (node === process.execPath) await runHere(script, args, directory);
  else await runInChild(node, script, args, directory);
}

/** Saves the start of a second Node, tens of milliseconds; signals and exit code are the task's own. */
async function runHere(script, args, directory) {
  process.chdir(directory);
  process.argv = [process.execPath, script, ...args];
  await import(pathToFileURL(script).href);
}

async function runInChild(node, script, args, directory) {
  const { spawn } = await import("node:child_process");
  const child = spawn(node, [script, ...args], { cwd: directory, stdio: "inherit" });
  // At a terminal Ctrl-C reaches the child by itself; a second one from here would count as the user's second.
  const atTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  const handlers = ["SIGINT", "SIGTERM", "SIGHUP"].map((signal) => {
    const handler = () => {
      if (signal !== "SIGINT" || !atTerminal) child.kill(signal);
    };
    process.on(signal, handler);
    return { signal, handler };
  });
  child.on("error", (error) => {
    process.stderr.write(`weighbridge: could not start ${node}: ${error.message}\n`);
    process.exitCode = 2;
  });
  child.on("exit", (code, signal) => {
    for (const { signal: name, handler } of handlers) process.off(name, handler);
    // Dies of the child's signal, so that the caller sees the same as from the child itself.
    if (signal) process.kill(process.pid, signal);
    else process.exitCode = code;
  });
}
