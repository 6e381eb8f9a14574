/** GeneralNames (RFC 5280, section 4.2.1.6): whom a certificate is for, beside its subject. */

import { DerProblem } from "../../codecs/der/der-problem.ts";
import type { DerReader } from "../../codecs/der/der-reader.ts";
import { constructedTag, primitiveTag, TAG } from "../../codecs/der/tags.ts";
import type { GeneralName } from "./certificate.ts";
import { readName } from "./name.ts";

const TEXT_KINDS: Readonly<Record<number, "email" | "dns" | "uri">> = {
  [primitiveTag(1)]: "email",
  [primitiveTag(2)]: "dns",
  [primitiveTag(6)]: "uri",
};

export function readGeneralNames(reader: DerReader): readonly GeneralName[] {
  const list = reader.enter(TAG.sequence, "names");
  const names: GeneralName[] = [];
  do {
    names.push(readGeneralName(list));
  } while (!list.atEnd);
  return names;
}

function readGeneralName(list: DerReader): GeneralName {
  const element = list.next();
  const content = list.content(element);
  const kind = TEXT_KINDS[element.tag];
  if (kind !== undefined) {
    // A zero byte inside a name has fooled readers that end there.
    if (content.some((byte) => byte < 0x20 || byte > 0x7e)) {
      throw new DerProblem("an alternative name has characters that none has", element.start);
    }
    return { kind, value: Buffer.from(content).toString("latin1") };
  }
  if (element.tag === constructedTag(4)) {
    const inside = list.inside(element);
    const name = readName(inside);
    inside.finish("a directory name");
    return { kind: "directory", value: name.text };
  }
  return { kind: "other", value: Buffer.from(list.whole(element)).toString("hex") };
}
