/** Identifier octets of DER (X.690, 8.1.2): class, constructed bit and number in one byte. */

export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  t61String: 0x14,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  universalString: 0x1c,
  bmpString: 0x1e,
  sequence: 0x30,
  set: 0x31,
} as const;

/** `[number]` around another element, or IMPLICIT in place of a constructed one. */
export function constructedTag(number: number): number {
  return 0xa0 | number;
}

/** `[number]` IMPLICIT in place of a primitive element. */
export function primitiveTag(number: number): number {
  return 0x80 | number;
}
