/** Certificates and timestamps by the program: the published chains, and a certificate that has expired. */

import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

import {
  caExtensions,
  LEAF_EXTENSIONS,
  makeCertificate,
  makeKey,
  NOON,
  pem,
} from "../builders/certificates.ts";
import { granted, makeToken, makeTsa } from "../builders/tsa.ts";
import { checkedReport, place, weighbridge } from "./signing.ts";

const here = place();
const at = (...names: readonly string[]): string => join(here.home, ...names);

const CHAINS = fileURLToPath(
  new URL("../../../shared/vectors/certificate-chains", import.meta.url),
);

describe.skipIf(!existsSync(CHAINS))("the ten certificate chains", () => {
  it.each([
    ["ok", 0, []],
    ["exp-leaf", 1, ["x509/expired"]],
    ["nyv-leaf", 1, ["x509/not-yet-valid"]],
    ["exp-int", 1, ["x509/expired"]],
    ["nyv-int", 1, ["x509/not-yet-valid"]],
    ["exp-root", 1, ["x509/expired"]],
    ["all-exp", 1, ["x509/expired"]],
    ["exp-int-leaf", 1, ["x509/expired"]],
    ["no-eku", 1, ["x509/no-code-signing"]],
    ["pathlen", 1, ["x509/path-length"]],
  ])("%s", async (name, code, rules) => {
    const outcome = await weighbridge(
      "verify",
      "certificate",
      join(CHAINS, "m"),
      "--signature",
      join(CHAINS, name, "b.sig"),
      "--certificate-chain",
      join(CHAINS, name, "ca.pem"),
      "--format",
      "json",
    );
    const report = checkedReport(outcome.stdout);

    expect(outcome.code).toBe(code);
    expect(report.findings.map(({ rule }) => rule)).toEqual(expect.arrayContaining(rules));
  });
});

describe.skipIf(!existsSync(CHAINS))("the certificates that are given", () => {
  it("are named where that is asked for", async () => {
    const certificate = join(CHAINS, "ok", "ca.pem");
    const verify = ["verify", "certificate", join(CHAINS, "m"), "--certificate-chain", certificate];
    const signature = ["--signature", join(CHAINS, "ok", "b.sig")];
    const { code, stderr } = await weighbridge(...verify, ...signature, "--log_fingerprints");

    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^certificate sha256:[0-9a-f]{64} {2}CN=/),
    ]);
  });
});

describe("a certificate that has expired", () => {
  it("still counts for the time of a timestamp that is trusted", async () => {
    const tsa = await makeTsa();
    async function stamp(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const chunks = await request.toArray();
      const query = Buffer.concat(chunks as Buffer[]);
      const digest = query.indexOf(Buffer.of(0x04, 0x20)) + 2;
      const nonce = query.subarray(digest + 34, digest + 34 + (query[digest + 33] ?? 0));
      const imprint = query.subarray(digest, digest + 32);
      response.setHeader("content-type", "application/timestamp-reply");
      response.end(granted(await makeToken(new Uint8Array(), tsa, { imprint, nonce })));
    }
    const server = createServer((request, response) => void stamp(request, response));
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const hour = 3_600_000;
    const key = makeKey();
    const rootKey = makeKey();
    const root = await makeCertificate(rootKey, rootKey, { extensions: caExtensions() });
    const leaf = await makeCertificate(key, rootKey, {
      subject: "CN=leaf",
      notBefore: NOON - hour,
      notAfter: NOON + hour,
      extensions: LEAF_EXTENSIONS,
    });
    writeFileSync(at("root.pem"), pem(root));
    writeFileSync(at("leaf.pem"), pem(leaf));
    writeFileSync(at("tsa.pem"), pem(tsa.root));
    writeFileSync(at("me.key"), key.pem);
    const sign = [
      "sign",
      "certificate",
      here.model,
      "--private-key",
      at("me.key"),
      "--signing-certificate",
      at("leaf.pem"),
      "--signature",
      at("s"),
    ];
    expect(await weighbridge(...sign)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("no verifier would accept the signature"),
    });
    const signed = await weighbridge(...sign, "--sign-anyway", "--timestamp", url);
    server.close();
    const verify = [
      "verify",
      "certificate",
      here.model,
      "--signature",
      at("s"),
      "--certificate-chain",
      at("root.pem"),
    ];
    const stamped = await weighbridge(...verify, "--timestamp-chain", at("tsa.pem"));

    expect(signed).toMatchObject({ code: 0 });
    expect(stamped).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("certificates were valid at 2026-06-15T12:00:00.000Z"),
    });
    expect(await weighbridge(...verify)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("x509/expired"),
    });
    const other = await weighbridge(...verify, "--timestamp-chain", at("root.pem"));
    expect(other).toMatchObject({
      code: 1,
      stdout: expect.stringContaining("The timestamp does not hold"),
    });
  });
});
