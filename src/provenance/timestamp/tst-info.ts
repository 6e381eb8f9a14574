/** TSTInfo: what a timestamp says (RFC 3161, section 2.4.2). */

import { DerProblem } from "../../codecs/der/der-problem.ts";
import type { DerReader } from "../../codecs/der/der-reader.ts";
import {
  readBoolean,
  readIntegerBytes,
  readOctetString,
  readOid,
  readSmallInteger,
} from "../../codecs/der/read-values.ts";
import { constructedTag, primitiveTag, TAG } from "../../codecs/der/tags.ts";
import { readAlgorithm } from "../x509/algorithm.ts";
import type { AlgorithmIdentifier } from "../x509/certificate.ts";
import { readTime } from "../x509/time.ts";

export interface TstInfo {
  /** The authority's policy, an object identifier. */
  readonly policy: string;
  readonly imprintAlgorithm: AlgorithmIdentifier;
  readonly imprint: Uint8Array;
  /** Hexadecimal. */
  readonly serial: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Milliseconds by which the time may be off, either way; rounded up. */
  readonly accuracy: number;
  /** Hexadecimal, as it was asked for. */
  readonly nonce?: string;
}

export function readTstInfo(reader: DerReader): TstInfo {
  const info = reader.enter(TAG.sequence, "the content of a timestamp");
  reader.finish("the content of a timestamp");
  if (readSmallInteger(info) !== 1) {
    throw new DerProblem("the version of the timestamp is not known", 0);
  }
  const policy = readOid(info);
  const imprint = info.enter(TAG.sequence, "the digest in a timestamp");
  const imprintAlgorithm = readAlgorithm(imprint);
  const digest = readOctetString(imprint);
  imprint.finish("the digest in a timestamp");
  const serial = hex(readIntegerBytes(info));
  const time = readTime(info, { fraction: true });
  const accuracy = info.peek() === TAG.sequence ? readAccuracy(info.enter()) : 0;
  if (info.peek() === TAG.boolean) {
    readBoolean(info);
  }
  const nonce = info.peek() === TAG.integer ? hex(readIntegerBytes(info)) : undefined;
  info.optional(constructedTag(0));
  const extensions = info.optional(constructedTag(1));
  if (extensions !== undefined) {
    refuseCritical(info.inside(extensions));
  }
  info.finish("the content of a timestamp");
  const read = { policy, imprintAlgorithm, imprint: digest, serial, time, accuracy };
  return nonce === undefined ? read : { ...read, nonce };
}

function readAccuracy(inside: DerReader): number {
  const seconds = inside.peek() === TAG.integer ? readSmallInteger(inside) : 0;
  const millis = inside.peek() === primitiveTag(0) ? readSmallInteger(inside, primitiveTag(0)) : 0;
  const micros = inside.peek() === primitiveTag(1) ? readSmallInteger(inside, primitiveTag(1)) : 0;
  inside.finish("the accuracy of a timestamp");
  return seconds * 1000 + millis + Math.ceil(micros / 1000);
}

function refuseCritical(list: DerReader): void {
  while (!list.atEnd) {
    const extension = list.enter(TAG.sequence, "an extension");
    const oid = readOid(extension);
    if (extension.peek() === TAG.boolean && readBoolean(extension)) {
      throw new DerProblem(
        `the timestamp has the critical extension ${oid}, which is not known here`,
        0,
      );
    }
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
