// Mutual exclusion between starts on the same clone: a directory, because making one is atomic everywhere.
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { inRoot } from "./paths.mjs";
import { say } from "./say.mjs";

const pollMilliseconds = 100;
// Between making the directory and writing the owner into it a start is nameless for an instant.
const namelessMilliseconds = 5_000;

/**
 * Runs `work` while no other start does work of the same name. `isDone` is asked again once the lock is
 * held: the start that was waited for has usually done the same work.
 * @param {string} name
 * @param {() => boolean} isDone
 * @param {() => void} work
 */
export function withLock(name, isDone, work) {
  const directory = inRoot(`.lock-${name}`);
  let announced = false;
  while (!take(directory)) {
    if (!announced) say(`another start is at the ${name}; waiting for it`);
    announced = true;
    removeWhenAbandoned(directory);
    sleep(pollMilliseconds);
  }
  try {
    if (!isDone()) work();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function take(directory) {
  try {
    mkdirSync(directory);
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
  writeFileSync(`${directory}/owner`, String(process.pid));
  return true;
}

/**
 * A start that was killed leaves its directory behind. Removal has a lock of its own, under which the owner
 * is looked at again: otherwise a slow waiter could remove the directory that a quick one has just made anew.
 */
function removeWhenAbandoned(directory) {
  if (isAlive(directory)) return;
  const guard = `${directory}-removal`;
  if (!take(guard)) {
    if (!isAlive(guard)) rmSync(guard, { recursive: true, force: true });
    return;
  }
  try {
    if (!isAlive(directory)) rmSync(directory, { recursive: true, force: true });
  } finally {
    rmSync(guard, { recursive: true, force: true });
  }
}

/** A directory that is gone counts as alive: the next attempt to take it tells. */
function isAlive(directory) {
  try {
    const owner = Number(readFileSync(`${directory}/owner`, "utf8"));
    if (owner > 0) process.kill(owner, 0);
    return owner > 0 || isYoung(directory);
  } catch (error) {
    if (error.code === "ESRCH") return false;
    return error.code !== "ENOENT" || isYoung(directory);
  }
}

function isYoung(directory) {
  const stat = statSync(directory, { throwIfNoEntry: false });
  return stat === undefined || Date.now() - stat.mtimeMs < namelessMilliseconds;
}

function sleep(milliseconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
