import { describe, expect, it } from "vitest";

import { checkNoPassword, shownAddress } from "./shown-address.ts";

describe("shownAddress", () => {
  it.each([
    ["https://a.example/m.bin", "https://a.example/m.bin"],
    [
      "https://a.example/m?Expires=1&Signature=s3cr3t=&x",
      "https://a.example/m?Expires=REDACTED&Signature=REDACTED&REDACTED",
    ],
    ["https://a.example/m?s3cr3t", "https://a.example/m?REDACTED"],
    ["https://a.example/m#s3cr3t", "https://a.example/m"],
    ["https://me:s3cr3t@a.example/m", "https://REDACTED@a.example/m"],
    ["HTTPS://me:s3cr3t@:bad/m?k=s3cr3t", "HTTPS://REDACTED@:bad/m?k=REDACTED"],
    ["https:me:s3cr3t@a.example/m", "https:REDACTED@a.example/m"],
    ["https://a.example/m@v1?a=b", "https://a.example/m@v1?a=REDACTED"],
    ["hf:org/name@main/a?b=c", "hf:org/name@main/a?b=c"],
  ])("shows %s as %s", (target, shown) => {
    expect(shownAddress(target)).toBe(shown);
  });
});

describe("checkNoPassword", () => {
  it.each(["https://me:s3cr3t@a.example/m", "http://s3cr3t@a.example/"])("refuses %s", (target) => {
    expect(() => checkNoPassword(target)).toThrow(
      expect.objectContaining({
        code: "USAGE",
        message: expect.not.stringContaining("s3cr3t") as string,
      }),
    );
  });

  it("has nothing against others", () => {
    expect(() => checkNoPassword("https://a.example/m@v1")).not.toThrow();
    expect(() => checkNoPassword("hf:org/name@main")).not.toThrow();
  });
});
