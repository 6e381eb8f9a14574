// Which Node runs the program: the running one where package.json's `engines` allows it, else one from tools/runtime.
import { readFileSync } from "node:fs";
import { ensureInstalled } from "./install.mjs";
import { inRoot } from "./paths.mjs";
import { BootstrapError } from "./say.mjs";
import { satisfies } from "./version.mjs";

/**
 * @param {string} range package.json's `engines.node`
 * @returns {string} the path of a Node that satisfies the range; installs one when there is none
 */
export function ensureNode(range) {
  const running = process.versions.node;
  if (satisfies(running, range)) return process.execPath;

  const otherwise = `install Node.js 24 LTS (this is ${running}, needed is ${range}) and try again`;
  const folder = inRoot("tools", "runtime");
  const name = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const version = manifest.optionalDependencies[name];
  if (version === undefined || isMusl()) {
    throw new BootstrapError(`no Node.js can be fetched for ${name}; ${otherwise}`);
  }
  const what = `Node.js ${version}, because ${running} is too old`;
  ensureInstalled({ folder, name: "runtime", what, node: process.execPath, otherwise });
  return `${folder}/node_modules/${name}/bin/node${process.platform === "win32" ? ".exe" : ""}`;
}

/** The packages are built against glibc. Asked only where the running Node is too old: the report costs milliseconds. */
function isMusl() {
  return process.platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
}
