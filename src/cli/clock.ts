/** Milliseconds that only go forward. \`performance.now()\` would load a part of Node that nothing else here needs. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
