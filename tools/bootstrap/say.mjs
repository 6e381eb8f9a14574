// What the bootstrap tells the user: one line each, on stderr, because stdout belongs to the program.

/** An expected failure: its message is one whole sentence for the user, and no stack trace follows. */
export class BootstrapError extends Error {}

/** @param {string} line */
export function say(line) {
  process.stderr.write(`weighbridge: ${line}\n`);
}
