/** Makes a failing stream as small as it gets while it still fails. */

export type StillFails = (stream: Buffer) => Promise<boolean>;

const MAX_TRIALS = 3000;

/** Removes pieces, large ones first, then zeroes what is left byte by byte where that changes nothing. */
export async function minimize(stream: Buffer, fails: StillFails): Promise<Buffer> {
  let best = stream;
  let trials = 0;
  for (let size = 2 ** Math.floor(Math.log2(Math.max(1, best.length))); size >= 1;) {
    let removed = false;
    for (let at = 0; at < best.length && trials < MAX_TRIALS;) {
      const candidate = Buffer.concat([best.subarray(0, at), best.subarray(at + size)]);
      trials += 1;
      if (await fails(candidate)) {
        best = candidate;
        removed = true;
      } else {
        at += size;
      }
    }
    if (!removed || size > 1) {
      if (size === 1) {
        break;
      }
      size = Math.floor(size / 2);
    }
  }
  return best;
}
