import { expect, it } from "vitest";
import { crc32c } from "./crc32c.ts";

// The check value of the CRC catalogue, and the first two vectors of RFC 3720, appendix B.4.
it.each([
  [Buffer.from("123456789"), 0xe3069283],
  [Buffer.alloc(32), 0x8a9136aa],
  [Buffer.alloc(32, 0xff), 0x62a8ab43],
  [Buffer.alloc(0), 0],
])("crc32c", (bytes, crc) => {
  expect(crc32c(bytes)).toBe(crc);
});
