/** Archives: sound ones, and one for every rule about them. */

import { hostile } from "../../builders/pytorch.ts";
import { pickle } from "../../builders/pickle.ts";
import { buildZip } from "../../builders/zip.ts";
import type { ZipMemberSpec, ZipOptions } from "../../builders/zip.ts";
import type { Sample } from "../sample.ts";

const data = pickle().proto(2).value([1, 2, 3]).done();
const first: ZipMemberSpec = { name: "a/settings.pkl", data };
const second: ZipMemberSpec = { name: "a/more.pkl", data, method: 8 };

function zip(
  name: string,
  fires: string,
  members: readonly ZipMemberSpec[],
  verdict: Sample["verdict"],
  options: ZipOptions = {},
): Sample {
  const bytes = buildZip(members, options);
  return { name: `${name}.zip`, format: "zip", bytes, verdict, fires: [`archive/${fires}`] };
}

const sound = buildZip([first, second]);
/** Where members and directory begin. */
const signatures = ["PK\u0003\u0004", "PK\u0001\u0002", "PK\u0005\u0006"].flatMap((signature) => {
  const found: number[] = [];
  for (
    let at = sound.indexOf(signature, 1, "latin1");
    at !== -1;
    at = sound.indexOf(signature, at + 1, "latin1")
  ) {
    found.push(at);
  }
  return found;
});
const bomb = Buffer.alloc(65 * 1024 * 1024);

export const zipSamples: readonly Sample[] = [
  {
    name: "sound.zip",
    format: "zip",
    bytes: sound,
    verdict: "clean",
    boundaries: [...signatures, sound.length],
  },
  {
    name: "hostile.zip",
    format: "zip",
    bytes: buildZip([first, { name: "b.pkl", data: hostile() }]),
    verdict: "malicious",
    fires: ["pickle/dangerous-call"],
  },
  zip("slip", "path-traversal", [first, { name: "../../wb_canary.pkl", data }], "suspicious"),
  zip(
    "link",
    "link-escape",
    [first, { name: "link", data: "/etc/passwd", mode: 0o120_777 }],
    "suspicious",
  ),
  zip("device", "special-file", [first, { name: "pipe", data: "", mode: 0o010_644 }], "suspicious"),
  zip(
    "mismatch",
    "header-mismatch",
    [{ ...first, local: { name: "a/settings.pkk" } }],
    "suspicious",
  ),
  zip("hidden", "hidden-entry", [first, { ...second, hidden: true }], "suspicious"),
  zip(
    "duplicate",
    "duplicate-entry",
    [first, { name: "a/settings.pkl", data: pickle().proto(2).value("b").done() }],
    "suspicious",
  ),
  zip(
    "forged",
    "forged-encryption-flag",
    [{ ...first, local: { flags: 1 }, central: { flags: 1 } }],
    "suspicious",
  ),
  zip("undirected", "no-central-directory", [first, second], "suspicious", { noDirectory: true }),
  zip("prefix", "prefix-data", [first], "unknown", { prefix: "something before it" }),
  zip("trailing", "trailing-data", [first], "unknown", { trailing: "something behind it" }),
  {
    name: "expansion.zip",
    format: "zip",
    bytes: buildZip([{ name: "zeros", data: bomb, method: 8 }]),
    verdict: "unknown",
    fires: ["archive/expansion"],
    heavy: true,
  },
  zip("method", "unsupported-method", [{ ...first, method: 97 }], "incomplete"),
  zip(
    "encrypted",
    "encrypted",
    [{ ...first, packed: Buffer.alloc(30, 5), flags: 1, compressedSize: 30 }],
    "incomplete",
  ),
  zip(
    "overlap",
    "overlap",
    [first, { name: "b.pkl", data, phantom: true, offset: 0 }],
    "suspicious",
  ),
  {
    name: "pickled.zip",
    format: "zip",
    bytes: Buffer.concat([data, sound]),
    verdict: "suspicious",
    fires: ["scan/polyglot"],
    also: ["pickle"],
  },
  {
    name: "twice.zip",
    format: "zip",
    bytes: Buffer.concat([sound, buildZip([{ name: "other.pkl", data }])]),
    verdict: "clean",
    fires: ["archive/multiple-directories"],
    wholeAt: (cut) => cut === sound.length,
  },
];
