// A Node from tools/runtime, for when the running one is too old.
import { readFileSync } from "node:fs";
import { install } from "./install.mjs";
import { inRoot } from "./paths.mjs";
import { BootstrapError } from "./say.mjs";
import { isInstalled } from "./stamps.mjs";

/**
 * @param {string} range package.json's `engines.node`, for the user
 * @returns {string} the path of the pinned Node; installs it when it is not there
 */
export function pinnedNode(range) {
  const running = process.versions.node;
  const otherwise = `install Node.js 24 LTS (this is ${running}, needed is ${range}) and try again`;
  const folder = inRoot("tools", "runtime");
  const platform = process.platform === "win32" ? "win" : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const manifest = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  const version = manifest.optionalDependencies[name];
  if (version === undefined) {
    throw new BootstrapError(`no Node.js is pinned for ${platform} ${process.arch}; ${otherwise}`);
  }
  if (!isInstalled(folder)) {
    if (isMusl()) throw new BootstrapError(`the pinned Node.js needs glibc; ${otherwise}`);
    const what = `Node.js ${version}, because ${running} is too old`;
    install({ folder, name: "runtime", what, node: process.execPath, otherwise });
  }
  return `${folder}/node_modules/${name}/bin/node${platform === "win" ? ".exe" : ""}`;
}

/** Asked only before an installation: the report costs milliseconds. */
function isMusl() {
  return process.platform === "linux" && !process.report.getReport().header.glibcVersionRuntime;
}
