/** Small damage to bytes, seeded. */

import type { Random } from "./random.ts";

const INTERESTING = [0, 1, 0x0a, 0x28, 0x2e, 0x7f, 0x80, 0x93, 0x94, 0x95, 0xff] as const;

/** Changes a few places: flips, inserts, deletes, copies, overwrites, cuts. `donor` gives foreign pieces. */
export function mutate(random: Random, bytes: Uint8Array, donor: Uint8Array = bytes): Buffer {
  let out: Buffer = Buffer.from(bytes);
  for (let count = random.between(1, 4); count > 0; count -= 1) {
    out = once(random, out, donor);
  }
  return out;
}

function once(random: Random, bytes: Buffer, donor: Uint8Array): Buffer {
  const at = random.int(bytes.length + 1);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (random.int(8)) {
    case 0:
      return Buffer.concat([
        before,
        Buffer.from([(after[0] ?? 0) ^ (1 << random.int(8))]),
        after.subarray(1),
      ]);
    case 1:
      return Buffer.concat([before, Buffer.from([random.pick(INTERESTING)]), after.subarray(1)]);
    case 2:
      return Buffer.concat([before, random.bytes(random.between(1, 4)), after]);
    case 3:
      return Buffer.concat([before, after.subarray(random.between(1, 4))]);
    case 4:
      return Buffer.concat([before, piece(random, donor), after]);
    case 5:
      return Buffer.concat([before, piece(random, bytes), after]);
    case 6:
      return Buffer.concat([before, Buffer.from([random.pick(INTERESTING)]), after]);
    default:
      return random.chance(0.3)
        ? before
        : Buffer.concat([before, random.bytes(1), after.subarray(1)]);
  }
}

function piece(random: Random, bytes: Uint8Array): Uint8Array {
  const start = random.int(bytes.length + 1);
  return bytes.subarray(start, start + random.between(1, 24));
}
