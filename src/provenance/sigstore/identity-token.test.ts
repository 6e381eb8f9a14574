import { describe, expect, it } from "vitest";
import { readIdentityToken } from "./identity-token.ts";

const NOW = 1_800_000_000;

function token(claims: object): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const all = { iss: "https://i.test", sub: "subject", aud: "sigstore", exp: NOW + 60, ...claims };
  return `${encode({ alg: "none" })}.${encode(all)}.c2ln`;
}

describe("an identity token", () => {
  it.each<[string, object, string]>([
    ["the subject of a workflow", {}, "subject"],
    ["a verified address", { email: "a@b.test", email_verified: true }, "a@b.test"],
    ["no address that nobody verified", { email: "a@b.test", email_verified: false }, "subject"],
    [
      "the address at a provider of addresses",
      { iss: "https://accounts.google.com", email: "a@b.test" },
      "a@b.test",
    ],
    ["one of several audiences", { aud: ["other", "sigstore"] }, "subject"],
  ])("proves %s", (_what, claims, subject) => {
    expect(readIdentityToken(token(claims), NOW)).toMatchObject({
      kind: "token",
      token: { subject },
    });
  });

  it.each<[string, string, string]>([
    ["has expired", token({ exp: NOW }), "expired"],
    ["does not say when it expires", token({ exp: "later" }), "expired"],
    ["is meant for others", token({ aud: ["a", "b"] }), 'meant for "a", "b"'],
    ["is meant for nobody", token({ aud: undefined }), "meant for nobody"],
    ["is for nobody", token({ sub: 7 }), "whom it is for"],
    ["is by nobody", token({ iss: undefined }), "not a token"],
    ["has two parts", token({}).split(".").slice(0, 2).join("."), "not a token"],
    ["has other characters", `${token({})}\n`, "not a token"],
    ["is not JSON inside", "YQ.YQ.YQ", "not a token"],
    ["is empty", "", "not a token"],
  ])("is of no use where it %s", (_what, text, reason) => {
    expect(readIdentityToken(text, NOW)).toMatchObject({
      kind: "refused",
      reason: expect.stringContaining(reason),
    });
  });
});
