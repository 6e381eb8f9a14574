/** 7z archives. */

import { pickle } from "../../builders/pickle.ts";
import { hostile } from "../../builders/pytorch.ts";
import { buildSevenZip } from "../../builders/sevenzip.ts";
import type { Sample } from "../sample.ts";

const data = pickle().proto(2).value([1, 2, 3]).done();
const more = pickle().proto(2).value(["a", "b"]).done();
const DEFLATE = "040108";
const AES = "06f10701";

const copied = buildSevenZip([{ members: [{ name: "a/settings.pkl", data }] }]);
const solid = buildSevenZip(
  [
    {
      members: [
        { name: "a.pkl", data },
        { name: "b.pkl", data: more },
      ],
      methods: [DEFLATE],
    },
  ],
  { empty: [{ name: "empty.txt" }, { name: "folder", isFolder: true }], encoded: [DEFLATE] },
);

export const sevenZipSamples: readonly Sample[] = [
  {
    name: "copied.7z",
    format: "sevenzip",
    bytes: copied,
    verdict: "clean",
    boundaries: [32, 32 + data.length, copied.length],
  },
  {
    name: "solid.7z",
    format: "sevenzip",
    bytes: solid,
    verdict: "clean",
    boundaries: [32, solid.length],
  },
  {
    name: "hostile.7z",
    format: "sevenzip",
    bytes: buildSevenZip([{ members: [{ name: "a.pkl", data: hostile() }], methods: [DEFLATE] }]),
    verdict: "malicious",
    fires: ["pickle/dangerous-call"],
  },
  {
    name: "climbing.7z",
    format: "sevenzip",
    bytes: buildSevenZip([{ members: [{ name: "../../a.pkl", data }] }]),
    verdict: "suspicious",
    fires: ["archive/path-traversal"],
  },
  {
    name: "link.7z",
    format: "sevenzip",
    bytes: buildSevenZip([
      {
        members: [
          { name: "link", data: Buffer.from("/etc/passwd"), attributes: 0x8000 + 0o120777 * 65536 },
        ],
      },
    ]),
    verdict: "suspicious",
    fires: ["archive/link-escape"],
  },
  {
    name: "encrypted.7z",
    format: "sevenzip",
    bytes: buildSevenZip([{ members: [{ name: "a.pkl", data }], methods: [AES] }]),
    verdict: "incomplete",
    fires: ["archive/encrypted"],
  },
  {
    name: "unlisted.7z",
    format: "sevenzip",
    bytes: buildSevenZip(
      [
        {
          members: [
            { name: "a.pkl", data },
            { name: "b.pkl", data: more },
          ],
        },
      ],
      {
        unlisted: 1,
      },
    ),
    verdict: "suspicious",
    fires: ["archive/hidden-entry"],
  },
  {
    name: "self-extracting.exe",
    format: "sevenzip",
    bytes: buildSevenZip([{ members: [{ name: "a.pkl", data: hostile() }] }], {
      prefix: Buffer.from(`MZ${"\x90".repeat(300)}`, "latin1"),
    }),
    verdict: "malicious",
    fires: ["archive/prefix-data", "pickle/dangerous-call"],
  },
];
