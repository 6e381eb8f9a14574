/** RAR archives, cabinets and disk images. */

import { buildCab } from "../../builders/cab.ts";
import { buildIso } from "../../builders/iso.ts";
import { pickle } from "../../builders/pickle.ts";
import { hostile } from "../../builders/pytorch.ts";
import { buildRar4, buildRar5 } from "../../builders/rar.ts";
import type { Sample } from "../sample.ts";

const data = pickle().proto(2).value([1, 2, 3]).done();
const members = [{ name: "a/settings.pkl", data }];
const rar5 = buildRar5(members);
const rar4 = buildRar4(members);
const cab = buildCab(members);
const iso = buildIso(members);

export const carrierSamples: readonly Sample[] = [
  {
    name: "sound.rar",
    format: "rar",
    bytes: rar5,
    verdict: "clean",
    boundaries: [8, rar5.length - 8, rar5.length],
    // Old writers put no block at the end, and what is whole up to there is an archive.
    wholeAt: (cut) => cut === 8 || cut === 16 || cut === rar5.length - 8,
  },
  {
    name: "old.rar",
    format: "rar",
    bytes: rar4,
    verdict: "clean",
    boundaries: [7, 20, rar4.length],
    wholeAt: (cut) => cut === 7 || cut === 20 || cut === rar4.length - 7,
  },
  {
    name: "hostile.rar",
    format: "rar",
    bytes: buildRar5([{ name: "a.pkl", data: hostile() }]),
    verdict: "malicious",
    fires: ["pickle/dangerous-call"],
  },
  {
    name: "link.rar",
    format: "rar",
    bytes: buildRar5([{ name: "link", linkTo: "/etc/passwd" }]),
    verdict: "suspicious",
    fires: ["archive/link-escape"],
  },
  {
    name: "encrypted.rar",
    format: "rar",
    bytes: buildRar4([{ name: "a.pkl", data, isEncrypted: true }]),
    verdict: "incomplete",
    fires: ["archive/encrypted"],
  },
  {
    name: "sound.cab",
    format: "cab",
    bytes: cab,
    verdict: "clean",
    boundaries: [cab.length],
  },
  {
    name: "packed.cab",
    format: "cab",
    bytes: buildCab([{ name: "a.pkl", data: hostile() }], { isPacked: true }),
    verdict: "malicious",
    fires: ["pickle/dangerous-call"],
  },
  {
    name: "climbing.cab",
    format: "cab",
    bytes: buildCab([{ name: "..\\..\\a.pkl", data }]),
    verdict: "suspicious",
    fires: ["archive/path-traversal"],
  },
  {
    name: "sound.iso",
    format: "iso",
    bytes: iso,
    verdict: "clean",
    boundaries: [iso.length],
  },
  {
    name: "hostile.iso",
    format: "iso",
    bytes: buildIso([{ name: "A.PKL", data: hostile() }]),
    verdict: "malicious",
    fires: ["pickle/dangerous-call"],
  },
];
