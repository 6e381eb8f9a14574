// Signing against an instance in memory, and what an instance of others could try.
import { beforeAll, describe, expect, it } from "vitest";
import type { JsonValue } from "../../src/kernel/rule.ts";
import { readIdentityToken } from "../../src/provenance/sigstore/identity-token.ts";
import { signEnvelope } from "../../src/provenance/sigstore/sign-envelope.ts";
import { readTrustedRoot } from "../../src/provenance/sigstore/trusted-root.ts";
import { makeInstance, servicesOf, trustedRootOf } from "./instance.ts";
import type { Instance, ServiceOptions } from "./instance.ts";
import { ISSUER, MAIL, makeToken } from "./token.ts";

const NOW = Date.UTC(2026, 10, 20, 12);
let instance: Instance;

beforeAll(async () => {
  instance = await makeInstance();
});

function rootOf(json: JsonValue) {
  const read = readTrustedRoot(json);
  if (read.kind === "refused") throw new Error(read.problem.evidence.message);
  return read.root;
}

async function signed(options: Partial<ServiceOptions> = {}, token = makeToken({}, NOW)) {
  const read = readIdentityToken(token, NOW / 1000);
  if (read.kind === "refused") throw new Error(read.reason);
  return await signEnvelope({
    payloadType: "application/vnd.in-toto+json",
    payload: Buffer.from("{}"),
    token: read.token,
    services: servicesOf(instance, { now: NOW, ...options }),
    trustedRoot: rootOf(trustedRootOf(instance)),
    now: () => new Date(NOW),
  });
}

describe("a keyless signature", () => {
  it.each<[string, Partial<ServiceOptions>, number]>([
    ["both versions of the log", {}, 2],
    ["version 1, with a timestamp", { logs: [1] }, 1],
    ["version 1, without one", { logs: [1], hasTimestamp: false }, 1],
    ["version 2, with a timestamp", { logs: [2] }, 1],
  ])("is made with %s", async (_what, options, count) => {
    const { signer, logEntries } = await signed(options);

    expect(signer).toMatchObject({ identity: MAIL, issuer: ISSUER, identityKind: "mail" });
    expect(logEntries).toHaveLength(count);
  });
});
