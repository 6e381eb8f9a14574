/** Where something is: the file as an artifact, the place inside it as a region or a logical location. */

import { escapeText } from "../../kernel/text.ts";
import { uriOf } from "../artifact-uri.ts";
import type { Occurrence } from "../occurrences.ts";

/** What relative URIs start from; the usual name, which consumers take for the root of the repository. */
const BASE = "%SRCROOT%";

/** A location of a file (3.4). */
export function artifactLocation(uri: string) {
  // A scheme, or an absolute path: there is no base to it.
  return /^[a-z][\d+.a-z-]*:/.test(uri) ? { uri } : { uri, uriBaseId: BASE };
}

/** The URI of the file of an occurrence; a finding about a tree is at what was named on the command line. */
export function occurrenceUri({ subject, file }: Occurrence): string {
  return uriOf(subject, file?.path ?? "");
}

/**
 * Regions are for bytes of the file itself. Offsets inside of a member say nothing about the file around it,
 * so they stay in the name of the logical location. Code scanning shows no result without a line, and files of
 * bytes have only one to offer.
 */
export function locationOf(occurrence: Occurrence, index: number | undefined) {
  const { file, locator } = occurrence;
  const inside = file === undefined ? "" : after(locator, file.path);
  const offset = /^@0x([\da-f]+)$/.exec(inside)?.[1];
  const nested = inside !== "" && offset === undefined;
  return {
    physicalLocation: {
      artifactLocation: {
        ...artifactLocation(occurrenceUri(occurrence)),
        ...(index === undefined ? {} : { index }),
      },
      region: {
        startLine: 1,
        ...(offset === undefined ? {} : bytesAt(Number.parseInt(offset, 16), file?.size ?? 0)),
      },
    },
    ...(nested ? { logicalLocations: [logicalLocation(locator)] } : {}),
  };
}

/** A problem starts somewhere; where it ends is not known. */
function bytesAt(byteOffset: number, size: number) {
  return { byteOffset, byteLength: byteOffset < size ? 1 : 0 };
}

function logicalLocation(locator: string) {
  return { fullyQualifiedName: escapeText(locator), kind: "member" };
}

/** A locator that does not start with the path, if there is one, is inside all the same. */
function after(locator: string, path: string): string {
  return locator.startsWith(path) ? locator.slice(path.length) : `!${locator}`;
}
