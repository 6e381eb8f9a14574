import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";

import { pae } from "../dsse/pae.ts";
import { legacyPae } from "./legacy-pae.ts";

const TYPE = "application/vnd.in-toto+json";

function shown(payload: string | Uint8Array): string {
  const text = Buffer.from(legacyPae("t", Buffer.from(payload))).toString("latin1");
  return text.replace(/^DSSEV1 1 t \d+ /, "");
}

describe("what is signed", () => {
  it("is the published encoding", () => {
    const bytes = pae(TYPE, Buffer.from("{}"));

    expect(bytes.length).toBe(43);
    expect(createHash("sha256").update(bytes).digest("hex")).toBe(
      "4842cb1ba6fed6e460d8a0d56f6b64ccf1f1e11f7714a7f282080d5780251b63",
    );
  });

  /** As Python's repr() shows them. */
  it.each([
    ['{"a": 1}', String.raw`b'{"a": 1}'`],
    ["a\n\t\r\\", String.raw`b'a\n\t\r\\'`],
    ["it's", `b"it's"`],
    [`"it's"`, String.raw`b'"it\'s"'`],
    [Uint8Array.of(0, 0x1f, 0x7f, 0xe9, 0xff), String.raw`b'\x00\x1f\x7f\xe9\xff'`],
    ["", "b''"],
  ])("was once %j as Python shows it", (payload, text) => {
    expect(shown(payload)).toBe(text);
  });
});
