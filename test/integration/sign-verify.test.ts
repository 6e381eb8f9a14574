/** Signing and verifying by the program's own command lines: keys, programs that sign, whom to trust. */

import { execFileSync, spawnSync } from "node:child_process";
import { createPrivateKey } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { caExtensions, makeCertificate, makeKey, pem } from "../builders/certificates.ts";
import { place, rulesOf, signedModel, weighbridge } from "./signing.ts";

const here = place();
const at = (...names: readonly string[]): string => join(here.home, ...names);

describe("a pair of keys", () => {
  it("is made for its owner alone, and never over another", async () => {
    expect(await weighbridge("keygen", at("me"), "--no-password")).toMatchObject({ code: 0 });
    expect(statSync(at("me.key")).mode & 0o777).toBe(0o600);
    expect(createPrivateKey(readFileSync(at("me.key"))).asymmetricKeyType).toBe("ec");
    expect(await weighbridge("keygen", at("me"))).toMatchObject({ code: 2 });
  });

  it.each(["p256", "p384", "p521"])("on %s signs what openssl and we verify", async (curve) => {
    await weighbridge("keygen", at("me"), "--curve", curve);
    await weighbridge(
      "sign",
      "key",
      here.model,
      "--private-key",
      at("me.key"),
      "--signature",
      at("s"),
    );

    expect(await rulesOf(here, "--signature", at("s"))).toEqual([0, []]);
  });

  it("may be encrypted by openssl, and wants its password then", async () => {
    const made = ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"];
    execFileSync("openssl", [...made, "-aes256", "-pass", "pass:secret", "-out", at("me.key")]);
    const sign = ["sign", "key", here.model, "--private-key", at("me.key"), "--signature", at("s")];

    expect((await weighbridge(...sign)).stderr).toContain("is encrypted, and there is no password");
    expect((await weighbridge(...sign, "--password", "wrong")).stderr).toContain(
      "cannot be opened",
    );
    expect(await weighbridge(...sign, "--password", "secret")).toMatchObject({ code: 0 });
  });

  it.each(["rsa:2048", "ed25519"])("of the kind %s is refused with a sentence", async (kind) => {
    const options = kind === "ed25519" ? ["ed25519"] : ["RSA", "-pkeyopt", "rsa_keygen_bits:2048"];
    execFileSync("openssl", ["genpkey", "-algorithm", ...options, "-out", at("me.key")], {
      stdio: "ignore",
    });
    const { code, stderr } = await weighbridge(
      "sign",
      "key",
      here.model,
      "--private-key",
      at("me.key"),
    );

    expect([code, stderr]).toEqual([2, expect.stringContaining("P-256, P-384 or P-521")]);
  });
});

describe("a private key in the model", () => {
  it("is not signed and published with it, unless it is left out", async () => {
    await weighbridge("keygen", join(here.model, "me"), "--no-password");
    const key = join(here.model, "me.key");
    const sign = ["sign", "key", here.model, "--private-key", key, "--signature", at("s")];

    expect(await weighbridge(...sign)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("me.key lies in the model"),
    });
    expect(await weighbridge(...sign, "--ignore-paths", key)).toMatchObject({ code: 0 });
  });
});

describe("a program that signs", () => {
  function signer(script: string): string {
    const path = at("signer.sh");
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  it("gets what is to be signed, and gives signature and public key", async () => {
    await weighbridge("keygen", at("me"), "--curve", "p384");
    const command = signer(
      `if [ "$1" = pubkey ]; then cat '${at("me.pub")}'; else openssl dgst -sha384 -sign '${at("me.key")}'; fi`,
    );
    const signed = await weighbridge(
      "sign",
      "key",
      here.model,
      "--exec",
      command,
      "--signature",
      at("s"),
    );

    expect(signed).toMatchObject({ code: 0, stderr: "" });
    expect(await rulesOf(here, "--signature", at("s"))).toEqual([0, []]);
  });

  it.each([
    ["exit 3", 2, "ended with 3"],
    ["echo no key", 2, "is no public key"],
    ["yes 2>/dev/null", 2, "more than 65536 bytes"],
    [
      `if [ "$1" = pubkey ]; then cat KEY; else echo no signature; fi`,
      1,
      "not a signature by its own key",
    ],
  ])("is told of when it does something else: %s", async (script, code, message) => {
    await weighbridge("keygen", at("me"));
    const command = signer(script.replace("KEY", `'${at("me.pub")}'`));
    const outcome = await weighbridge(
      "sign",
      "key",
      here.model,
      "--exec",
      command,
      "--signature",
      at("s"),
    );

    expect(outcome).toMatchObject({ code, stderr: expect.stringContaining(message) });
    expect(existsSync(at("s"))).toBe(false);
  });

  const token = ["softhsm2-util", "pkcs11-tool"].every(
    (program) => spawnSync(program, ["--version"]).error === undefined,
  );
  it.skipIf(!token)("may be a token (softhsm2)", async () => {
    const module = "/usr/lib/softhsm/libsofthsm2.so";
    writeFileSync(at("softhsm.conf"), `directories.tokendir = ${at("tokens")}\n`);
    mkdirSync(at("tokens"));
    const environment = { ...process.env, SOFTHSM2_CONF: at("softhsm.conf") };
    const hsm = (command: string, ...args: readonly string[]): void => {
      execFileSync(command, args, { env: environment, stdio: "ignore" });
    };
    await weighbridge("keygen", at("me"));
    hsm(
      "softhsm2-util",
      "--init-token",
      "--free",
      "--label",
      "t",
      "--pin",
      "1234",
      "--so-pin",
      "1234",
    );
    hsm(
      "softhsm2-util",
      "--import",
      at("me.key"),
      "--token",
      "t",
      "--label",
      "k",
      "--id",
      "01",
      "--pin",
      "1234",
    );
    const command = signer(
      `if [ "$1" = pubkey ]; then cat '${at("me.pub")}'; else openssl dgst -sha256 -binary | SOFTHSM2_CONF='${at("softhsm.conf")}' pkcs11-tool --module ${module} -p 1234 --sign -m ECDSA --signature-format openssl -d 01 2>/dev/null; fi`,
    );

    expect(
      await weighbridge("sign", "key", here.model, "--exec", command, "--signature", at("s")),
    ).toMatchObject({ code: 0 });
    expect(await rulesOf(here, "--signature", at("s"))).toEqual([0, []]);
  });
});

describe("a signature in the model", () => {
  it("is found, and covers everything but itself and what comes beside it later", async () => {
    await signedModel(here);
    writeFileSync(join(here.model, "claims.jsonl"), "{}");

    expect(await rulesOf(here)).toEqual([0, ["oms/ignored-by-signer claims.jsonl"]]);
    writeFileSync(join(here.model, "config.json"), "{ }");
    expect(await rulesOf(here)).toEqual([
      1,
      ["oms/file-changed config.json", "oms/ignored-by-signer claims.jsonl"],
    ]);
  });

  it("leaves out what the signer names, from here or from the model", async () => {
    writeFileSync(join(here.model, "notes.txt"), "");
    await signedModel(
      here,
      "--ignore-paths",
      join(here.model, "sub"),
      "--ignore_paths",
      "notes.txt",
    );
    rmSync(join(here.model, "sub"), { recursive: true });

    expect(await rulesOf(here)).toEqual([0, ["oms/ignored-by-signer notes.txt"]]);
  });

  it("is verified for a part, and needs something to compare", async () => {
    await signedModel(here);
    writeFileSync(join(here.model, "config.json"), "changed");

    expect(await rulesOf(here, "--subset", "sub/**")).toEqual([0, []]);
    expect(
      await weighbridge("verify", here.model, "-k", at("me.pub"), "--subset", "*.none"),
    ).toMatchObject({ code: 2 });
  });

  it("is told in words, and as SARIF", async () => {
    await signedModel(here);
    writeFileSync(join(here.model, "evil\u202e.py"), "");
    const verify = ["verify", here.model, "--key", at("me.pub")];
    const told = await weighbridge(...verify);

    expect(told.code).toBe(1);
    expect(told.stdout).toMatch(
      /^NOT VERIFIED .*bert {2}\(2 files, 6 B\)\n {12}signed by the key [0-9a-f]{64} \(P-256\)/,
    );
    expect(told.stdout).toContain(String.raw`"evil\u{202e}.py" is not covered by the signature`);
    expect(told.stdout).not.toContain("\u202e");
    const sarif = JSON.parse((await weighbridge(...verify, "-f", "sarif")).stdout) as {
      runs: { results: { ruleId: string }[] }[];
    };
    expect(sarif.runs[0]?.results.map(({ ruleId }) => ruleId)).toEqual(["oms/file-extra"]);
  });
});

describe("whom to trust", () => {
  it("is for the caller to say: without it nothing is verified", async () => {
    await signedModel(here);
    const cases: [string[], RegExp][] = [
      [["verify", here.model], /needs whom to trust/],
      [
        ["verify", "key", here.model, "--signature", join(here.model, "model.sig")],
        /needs a public key/,
      ],
      [["verify", here.model, "--certificate-chain", at("me.pub")], /needs a public key/],
      [
        ["verify", here.model, "--key", at("me.key")],
        /is a private key; verifying needs the public one/,
      ],
      [["verify", here.model, "--key", at("none.pub")], /there is no such file/],
      [["verify", here.model, "--key", join(here.model, "config.json")], /is not a public key/],
      [["verify", at("nothing"), "--key", at("me.pub")], /no such file or folder/],
      [["verify", here.model, here.model, "--key", at("me.pub")], /takes one model/],
    ];
    for (const [args, message] of cases) {
      expect(await weighbridge(...args)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(message),
      });
    }
  });

  it("is not the other method: a key for a key, a root for a certificate", async () => {
    await signedModel(here);
    const key = makeKey();
    const root = await makeCertificate(key, key, { extensions: caExtensions() });
    writeFileSync(at("root.pem"), pem(root));
    const outcome = await weighbridge("verify", here.model, "--certificate-chain", at("root.pem"));

    expect(outcome).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("--public-key FILE"),
    });
  });

  it("is nobody where the here.model is not signed", async () => {
    await weighbridge("keygen", at("me"));

    expect(await rulesOf(here)).toEqual([1, ["oms/unsigned"]]);
  });
});
