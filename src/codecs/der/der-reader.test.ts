import { describe, expect, it } from "vitest";

import { DerProblem, tryDer } from "./der-problem.ts";
import { DerReader } from "./der-reader.ts";
import {
  readBitString,
  readBoolean,
  readIntegerBytes,
  readOid,
  readSmallInteger,
} from "./read-values.ts";
import {
  writeBitString,
  writeBoolean,
  writeInteger,
  writeOctetString,
  writeOid,
  writeSequence,
  writeSetOf,
  writeUnsigned,
} from "./write-der.ts";

function at(hex: string): DerReader {
  return new DerReader(Buffer.from(hex.replaceAll(" ", ""), "hex"));
}

function problem(read: () => unknown): string {
  const result = tryDer(() => ({ value: read() }));
  return result instanceof DerProblem ? result.message : "none";
}

describe("elements", () => {
  it.each([
    ["30 80 00 00", "a length is indefinite"],
    ["30 81 05 0000000000", "a length is not in its shortest form"],
    ["30 82 0080", "a length is not in its shortest form"],
    ["30 85 0000000001 00", "a length is too long"],
    ["30 82 01", "a length is too long"],
    ["30 84 ffffffff", "an element reaches beyond what it lies in"],
    ["30 02 00", "an element reaches beyond what it lies in"],
    ["30", "an element has no length"],
    ["", "a sequence is missing"],
    ["1f 81 00 00", "a tag is not one of DER here"],
    ["00 00", "a tag is not one of DER here"],
    ["31 00", "a sequence is expected (tag 0x30) and tag 0x31 lies here"],
  ])("refuse %s", (hex, message) => {
    expect(problem(() => at(hex).enter())).toBe(message);
  });

  it("end where what they lie in ends, whatever follows", () => {
    const reader = at("30 04 0403 0102 0304");

    expect(problem(() => reader.enter().next())).toBe("an element reaches beyond what it lies in");
  });

  it("lie in one another as deeply as they like", () => {
    let inner: Uint8Array = new Uint8Array();
    for (let depth = 0; depth < 5000; depth += 1) {
      inner = writeSequence(inner);
    }
    let reader = new DerReader(inner);
    let depth = 0;
    for (; !reader.atEnd; depth += 1) {
      reader = reader.enter();
    }

    expect(depth).toBe(5000);
  });
});

describe("values", () => {
  it.each([
    ["0101 01", readBoolean, "a boolean is neither 00 nor FF"],
    ["0102 ffff", readBoolean, "a boolean is neither 00 nor FF"],
    ["0200", readIntegerBytes, "an integer is empty"],
    ["0202 007f", readIntegerBytes, "an integer is not in its shortest form"],
    ["0202 ff80", readIntegerBytes, "an integer is not in its shortest form"],
    ["0201 ff", readSmallInteger, "a number is negative or too large"],
    ["0205 0100000000", readSmallInteger, "a number is negative or too large"],
    ["0600", readOid, "an object identifier is cut off or too long"],
    ["0602 2a86", readOid, "an object identifier is cut off or too long"],
    ["0603 2a8001", readOid, "an arc of an object identifier is not in its shortest form"],
    [`0618 2a${"ff".repeat(22)}7f`, readOid, "an arc of an object identifier is too large"],
    ["0300", readBitString, "a bit string does not say how long it is"],
    ["0302 0800", readBitString, "a bit string does not say how long it is"],
    ["0301 01", readBitString, "a bit string does not say how long it is"],
    ["0302 0101", readBitString, "a bit string has bits beyond its end"],
  ] as const)("refuse %s", (hex, read, message) => {
    expect(problem(() => read(at(hex)))).toBe(message);
  });

  it("are read as they are written", () => {
    const oids = ["1.2.840.113549.1.1.11", "2.5.29.37.0", "2.999.3", "0.0", "1.39", "2.16.840.1"];
    const sizes = [0, 1, 127, 128, 255, 256, 65_535, 65_536];

    expect(oids.map((oid) => readOid(new DerReader(writeOid(oid))))).toEqual(oids);
    for (const size of sizes) {
      const reader = new DerReader(writeOctetString(new Uint8Array(size)));
      expect(reader.content(reader.next()).length).toBe(size);
      expect(readSmallInteger(new DerReader(writeInteger(size)))).toBe(size);
    }
    expect(readBoolean(new DerReader(writeBoolean(true)))).toBe(true);
    expect(readBitString(new DerReader(writeBitString(Uint8Array.of(0xa0), 5)))).toEqual({
      bytes: Buffer.from([0xa0]),
      unused: 5,
    });
    expect(Buffer.from(writeUnsigned(Uint8Array.of(0, 0, 0x80))).toString("hex")).toBe("02020080");
    expect(Buffer.from(writeUnsigned(new Uint8Array(3))).toString("hex")).toBe("020100");
  });

  it("of a set are written in the order of their bytes", () => {
    const set = writeSetOf(writeInteger(300), writeInteger(2), writeInteger(1));

    expect(Buffer.from(set).toString("hex")).toBe("310a0201010201020202012c");
  });
});
