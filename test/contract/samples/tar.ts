/** Tar files. */

import { pickle } from "../../builders/pickle.ts";
import { hostile } from "../../builders/pytorch.ts";
import type { Sample } from "../sample.ts";

interface Member {
  readonly name: string;
  readonly data?: Uint8Array;
  readonly type?: string;
  readonly link?: string;
}

function octal(value: number, width: number): Buffer {
  return Buffer.from(`${value.toString(8).padStart(width - 1, "0")}\u0000`, "latin1");
}

function member({ name, data = new Uint8Array(), type = "0", link = "" }: Member): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0, "latin1");
  octal(0o644, 8).copy(header, 100);
  octal(0, 8).copy(header, 108);
  octal(0, 8).copy(header, 116);
  octal(data.length, 12).copy(header, 124);
  octal(0, 12).copy(header, 136);
  header.write("        ", 148, "latin1");
  header.write(type, 156, "latin1");
  header.write(link, 157, "latin1");
  header.write("ustar\u000000", 257, "latin1");
  octal(
    header.reduce((sum, byte) => sum + byte, 0),
    7,
  ).copy(header, 148);
  return Buffer.concat([header, data, Buffer.alloc((512 - (data.length % 512)) % 512)]);
}

function tar(...members: readonly Member[]): Buffer {
  return Buffer.concat([...members.map(member), Buffer.alloc(1024)]);
}

const data = pickle().proto(2).value([1, 2, 3]).done();
const sound = tar({ name: "a/settings.pkl", data }, { name: "a/more.pkl", data });

export const tarSamples: readonly Sample[] = [
  {
    name: "sound.tar",
    format: "tar",
    bytes: sound,
    verdict: "clean",
    boundaries: [1024, 2048, sound.length],
    // Readers need no end mark, and any number of members is a file.
    wholeAt: (cut) => cut >= 1024 && cut !== 1536 && (cut % 512 === 0 || cut > 2048),
  },
  {
    name: "hostile.tar",
    format: "tar",
    bytes: tar({ name: "a.pkl", data: hostile() }),
    verdict: "malicious",
    fires: ["pickle/dangerous-call"],
  },
  {
    name: "link.tar",
    format: "tar",
    bytes: tar({ name: "link", type: "2", link: "/etc/passwd" }),
    verdict: "suspicious",
    fires: ["archive/link-escape"],
  },
  {
    name: "device.tar",
    format: "tar",
    bytes: tar({ name: "device", type: "3" }),
    verdict: "suspicious",
    fires: ["archive/special-file"],
  },
];
