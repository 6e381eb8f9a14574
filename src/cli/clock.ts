/** Milliseconds that only go forward. \`performance.now()\` would load a part of Node that nothing else here needs. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The day that it is in UTC, `YYYY-MM-DD`. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}
