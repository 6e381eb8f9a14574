import { X509Certificate } from "node:crypto";
import { describe, expect, it } from "vitest";

import {
  caExtensions,
  LEAF_EXTENSIONS,
  makeCertificate,
  makeKey,
  name,
  NOON,
  parsed,
  pem,
} from "../../../test/builders/certificates.ts";
import { Random } from "../../../test/fuzz/random.ts";
import { DerReader } from "../../codecs/der/der-reader.ts";
import { TAG } from "../../codecs/der/tags.ts";
import { writeElement, writeOid, writeSequence, writeSetOf } from "../../codecs/der/write-der.ts";
import { DerProblem, tryDer } from "../../codecs/der/der-problem.ts";
import { basicConstraints } from "./issue.ts";
import { readName } from "./name.ts";
import { writeCertificate } from "./write-certificate.ts";
import type { Extension } from "./certificate.ts";
import type { ParsedCertificate } from "./parse-certificate.ts";
import { parseCertificate } from "./parse-certificate.ts";
import { parseCertificates } from "./parse-certificates.ts";
import { readTime } from "./time.ts";
import { validatePath } from "./validate-path.ts";
import { writeName } from "./write-name.ts";

const key = makeKey();

function nameOf(tag: number, content: Uint8Array, oid = "2.5.4.3"): string {
  const pair = writeSequence(writeOid(oid), writeElement(tag, content));
  const result = tryDer(() => readName(new DerReader(writeSequence(writeSetOf(pair)))));
  return result instanceof DerProblem ? result.message : result.text;
}

describe("a certificate", () => {
  it("is read as node reads it", async () => {
    const certificate = await makeCertificate(key, key, {
      subject: "CN=Release,OU=Models,O=Example,C=DE",
      issuer: "CN=root,O=Example",
      notAfter: Date.UTC(2060, 1, 2, 3, 4, 5),
      extensions: [
        ...LEAF_EXTENSIONS,
        {
          oid: "2.5.29.17",
          critical: false,
          value: Buffer.from("3013810b7840792e6578616d706c658704c0000201", "hex"),
        },
      ],
    });
    const theirs = new X509Certificate(certificate.der);

    expect(certificate.subject.text.split(",").toReversed().join("\n")).toBe(theirs.subject);
    expect(certificate.serial.toUpperCase()).toBe(theirs.serialNumber);
    expect(certificate.notBefore).toBe(Date.parse(theirs.validFrom));
    expect(certificate.notAfter).toBe(Date.parse(theirs.validTo));
    expect(certificate.extendedKeyUsage).toEqual(theirs.keyUsage);
    expect(certificate.keyUsage).toEqual(["digitalSignature"]);
    expect(certificate.publicKey.algorithm).toEqual({ kind: "ec", curve: "P-256" });
    expect(certificate.subjectAltNames[0]).toEqual({ kind: "email", value: "x@y.example" });
  });

  it("cut off or changed anywhere is refused or judged, and nothing is thrown", async () => {
    const { der } = await makeCertificate(key, key, { extensions: caExtensions(3) });
    const random = new Random(20_261_121);
    const kinds = new Set<string>();
    for (let length = 0; length < der.length; length += 1) {
      expect(parseCertificate(der.subarray(0, length)).kind).toBe("damaged");
    }
    for (let round = 0; round < 5000; round += 1) {
      const copy = Buffer.from(der);
      for (let change = random.between(1, 3); change > 0; change -= 1) {
        copy[random.int(copy.length)] = random.int(256);
      }
      const result = parseCertificate(copy);
      kinds.add(result.kind);
      if (result.kind === "certificate" && !copy.equals(der)) {
        const { certificate } = result;
        const options = { intermediates: [certificate], anchors: [parsed(der)], at: NOON };
        expect(validatePath(certificate, options).kind).toBe("invalid");
      }
    }

    expect([...kinds].sort()).toEqual(["certificate", "damaged"]);
  });

  it("is refused with what readers would read differently", async () => {
    const twice = writeWith([basicConstraints(true), basicConstraints(false)]);

    expect(await twice).toMatchObject({ problem: "extension 2.5.29.19 comes twice" });
    const { der } = await makeCertificate(key, key);
    expect(parseCertificate(Buffer.concat([der, Buffer.of(0)]))).toMatchObject({
      problem: "bytes follow after the certificate",
    });
    const other = Buffer.from(der);
    // The last algorithm: ECDSA with SHA-384 in place of SHA-256.
    other[other.lastIndexOf(Buffer.from("2a8648ce3d040302", "hex")) + 7] = 3;
    expect(parseCertificate(other)).toMatchObject({
      problem: "the algorithm that is signed is not the one that is named",
    });
  });

  async function writeWith(extensions: readonly Extension[]): Promise<ParsedCertificate> {
    const spec = {
      serial: Uint8Array.of(1),
      issuer: name("a"),
      subject: name("a"),
      publicKey: key.publicKey,
    };
    return parseCertificate(
      await writeCertificate({ ...spec, notBefore: 0, notAfter: 1, extensions }, key),
    );
  }
});

describe("names", () => {
  it.each([
    ["CN=Release,O=Example", "CN=Release,O=Example"],
    ["Release", "CN=Release"],
    [String.raw`CN=a\,b\+c\\d,O=x+OU=y`, String.raw`CN=a\,b\+c\\d,O=x+OU=y`],
    [String.raw`CN=\ lead and trail\ `, String.raw`CN=\ lead and trail\ `],
    [String.raw`CN=\23x\E2\80\AEevil`, String.raw`CN=\#x\E2\80\AEevil`],
    ["CN=Zoë,C=DE", "CN=Zoë,C=DE"],
  ])("are written and shown: %s", (text, shown) => {
    expect(readName(new DerReader(name(text))).text).toBe(shown);
  });

  it.each([
    "CN=",
    "XX=a",
    "CN=a,",
    String.raw`CN=a\zb`,
    "C=Germany",
    "DC=ü",
    "CN=#0500",
    `CN=${"a".repeat(65)}`,
    "=a",
  ])("are refused: %s", (text) => {
    expect(writeName(text)).toBeTypeOf("string");
  });

  it("forge nothing where they are shown", () => {
    expect(nameOf(TAG.utf8String, Buffer.from("a\u0000\n\u001b[31m\u202e,CN=b"))).toBe(
      String.raw`CN=a\00\0A\1B[31m\E2\80\AE\,CN\=b`,
    );
    expect(nameOf(TAG.bmpString, Buffer.from("0041004200e9", "hex"))).toBe("CN=ABé");
    expect(nameOf(TAG.t61String, Buffer.from("é"))).toBe("CN=#1402c3a9");
    expect(nameOf(TAG.utf8String, Buffer.from("x"), "1.2.3")).toBe("1.2.3=#0c0178");
    expect(nameOf(TAG.utf8String, Buffer.of(0xff))).toBe("a text is not encoded as its type says");
    expect(nameOf(TAG.bmpString, Buffer.of(0xd8, 0, 0, 0x41))).toBe(
      "a text is not encoded as its type says",
    );
    expect(nameOf(TAG.bmpString, Buffer.of(0))).toBe("a text is not encoded as its type says");
    expect(nameOf(TAG.ia5String, Buffer.of(0xe9))).toBe(
      "a text has other characters than its type allows",
    );
  });
});

describe("times", () => {
  function time(tag: number, text: string, fraction = false): string {
    const reader = new DerReader(writeElement(tag, Buffer.from(text)));
    const result = tryDer(() => ({ value: readTime(reader, { fraction }) }));
    return result instanceof DerProblem ? "refused" : new Date(result.value).toISOString();
  }

  it.each([
    [TAG.utcTime, "490101000000Z", "2049-01-01T00:00:00.000Z"],
    [TAG.utcTime, "500101000000Z", "1950-01-01T00:00:00.000Z"],
    [TAG.generalizedTime, "20500229000000Z", "refused"],
    [TAG.generalizedTime, "20480229000000Z", "2048-02-29T00:00:00.000Z"],
    [TAG.generalizedTime, "00500101000000Z", "0050-01-01T00:00:00.000Z"],
    [TAG.generalizedTime, "20260101000000.5Z", "refused"],
    [TAG.generalizedTime, "20260101000000+0100", "refused"],
    [TAG.utcTime, "2601010000Z", "refused"],
    [TAG.utcTime, "261301000000Z", "refused"],
    [TAG.utcTime, "260101240000Z", "refused"],
    [TAG.utcTime, "260101000060Z", "refused"],
    [TAG.printableString, "260101000000Z", "refused"],
  ])("%i %s", (tag, text, expected) => {
    expect(time(tag, text)).toBe(expected);
  });

  it("of timestamps have fractions, in their shortest form", () => {
    expect(time(TAG.generalizedTime, "20260101000000.25Z", true)).toBe("2026-01-01T00:00:00.250Z");
    expect(time(TAG.generalizedTime, "20260101000000.123456Z", true)).toBe(
      "2026-01-01T00:00:00.123Z",
    );
    expect(time(TAG.generalizedTime, "20260101000000.250Z", true)).toBe("refused");
    expect(time(TAG.generalizedTime, "20260101000000.Z", true)).toBe("refused");
  });
});

describe("files of certificates", () => {
  it("are PEM with anything in between, or DER", async () => {
    const one = await makeCertificate(key, key);
    const two = await makeCertificate(key, key);
    const text = `Certificate:\n  Data\n${pem(one)}\r\nsubject=x\n${pem(two).replaceAll("\n", "\r\n")}`;

    expect(parseCertificates(Buffer.from(text))).toMatchObject({
      kind: "certificates",
      certificates: [{ serial: one.serial }, { serial: two.serial }],
    });
    expect(parseCertificates(one.der)).toMatchObject({ certificates: [{ serial: one.serial }] });
  });

  it.each([
    ["", "there is no certificate in it"],
    [key.pem, "there is no certificate in it"],
    ["-----BEGIN CERTIFICATE-----\nMIIB\n", "there is no certificate in it"],
    [
      "-----BEGIN CERTIFICATE-----\nMIIB=\n-----END CERTIFICATE-----",
      "certificate 1: its text is not base64",
    ],
    [
      "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----",
      "certificate 1: the signed part of a certificate is missing",
    ],
    ["\u0030\u0082", "a length is too long"],
  ])("are refused: %j", (text, problem) => {
    expect(parseCertificates(Buffer.from(text, "latin1"))).toEqual({ kind: "damaged", problem });
  });
});
