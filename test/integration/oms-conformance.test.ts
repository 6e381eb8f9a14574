/**
 * The public conformance suite of OpenSSF Model Signing, replayed: every case that needs no live service, and every
 * signed negative case once more with the mutated statement signed properly, so that it fails for its own reason.
 */

import { createPrivateKey, sign as signBytes } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

import { run } from "../../src/cli/program.ts";
import { pae } from "../../src/provenance/dsse/pae.ts";
import { recordingTerminal } from "../builders/terminal.ts";

const SUITE = fileURLToPath(new URL("../../../shared/vectors/oms-conformance", import.meta.url));
const ASSETS = join(SUITE, "assets");
const CASES = join(SUITE, "test-cases");

interface Settings {
  readonly method: "key" | "certificate" | "sigstore";
  readonly model: string;
  readonly model_relative_to?: "test_dir";
  readonly expect?: "fail";
  readonly sig_inside_model?: boolean;
  readonly expected_signed_files?: readonly string[];
  readonly model_modifications?: {
    readonly delete?: readonly string[];
    readonly inject?: Readonly<Record<string, string>>;
    readonly tamper?: Readonly<Record<string, string>>;
    readonly symlinks?: Readonly<Record<string, string>>;
  };
  readonly sign?: {
    readonly private_key?: string;
    readonly signing_cert?: string;
    readonly cert_chain?: readonly string[];
    readonly ignore_paths?: readonly string[];
  };
  readonly verify: {
    readonly public_key?: string;
    readonly cert_chain?: readonly string[];
    readonly ignore_paths?: readonly string[];
    readonly ignore_unsigned_files?: boolean;
    readonly identity?: string;
    readonly identity_provider?: string;
  };
}

interface Case {
  readonly name: string;
  readonly folder: string;
  readonly settings: Settings;
}

function casesBelow(...groups: readonly string[]): Case[] {
  return groups
    .flatMap((group) =>
      existsSync(join(CASES, group))
        ? readdirSync(join(CASES, group)).map((name) => join(CASES, group, name))
        : [],
    )
    .map((folder) => ({
      name: basename(folder),
      folder,
      settings: JSON.parse(readFileSync(join(folder, "config.json"), "utf8")) as Settings,
    }));
}

const scratch = mkdtempSync(join(tmpdir(), "weighbridge-oms-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A copy of the case's model, with the case's changes. A model of one file lies in a copy of its folder. */
function modelOf({ folder, name, settings }: Case): string {
  const from = join(settings.model_relative_to === "test_dir" ? folder : ASSETS, settings.model);
  const home = mkdtempSync(join(scratch, `${name}-`));
  const to = join(home, basename(from));
  cpSync(from, to, { recursive: true });
  const changes = settings.model_modifications ?? {};
  for (const path of changes.delete ?? []) {
    rmSync(join(to, path), { recursive: true });
  }
  for (const [path, text] of Object.entries({ ...changes.inject, ...changes.tamper })) {
    mkdirSync(dirname(join(to, path)), { recursive: true });
    writeFileSync(join(to, path), text);
  }
  for (const [path, target] of Object.entries(changes.symlinks ?? {})) {
    symlinkSync(target, join(to, path));
  }
  return to;
}

function repeated(option: string, paths: readonly string[] = []): string[] {
  return paths.flatMap((path) => [option, path]);
}

/** One case names a key that the suite does not have; it is about the method, and any key will do. */
function keyFile(path: string): string {
  const file = join(ASSETS, path);
  return existsSync(file) ? file : join(ASSETS, "keys/p384/signing-key-pub.pem");
}

async function verify(model: string, bundle: string, { method, verify: by }: Settings) {
  const terminal = recordingTerminal();
  const code = await run(
    [
      "verify",
      method,
      model,
      "--signature",
      bundle,
      ...(by.public_key === undefined ? [] : ["--public-key", keyFile(by.public_key)]),
      ...repeated(
        "--certificate-chain",
        by.cert_chain?.map((path) => join(ASSETS, path)),
      ),
      ...repeated(
        "--ignore-paths",
        by.ignore_paths?.map((path) => join(model, path)),
      ),
      ...(by.identity === undefined ? [] : ["--identity", by.identity]),
      ...(by.identity_provider === undefined ? [] : ["--identity-provider", by.identity_provider]),
      ...(by.ignore_unsigned_files === true ? ["--ignore_unsigned_files"] : []),
      "--format",
      "json",
    ],
    terminal,
  );
  const report = terminal.stdout === "" ? undefined : (JSON.parse(terminal.stdout) as Verified);
  return { code, report, stderr: terminal.stderr };
}

interface Verified {
  readonly findings: readonly { readonly rule: string; readonly implies: string }[];
}

function failures(report: Verified | undefined): string[] {
  return (report?.findings ?? [])
    .filter(({ implies }) => implies !== "none")
    .map(({ rule }) => rule);
}

interface BundleText {
  verificationMaterial: { publicKey?: { hint: string } };
  dsseEnvelope: { payload: string; payloadType: string; signatures: { sig: string }[] };
}

/** Signs whatever the bundle of a case says with the case's own key, so that the signature is not what fails. */
function signedAgain(bundlePath: string): string | undefined {
  let bundle: BundleText;
  try {
    bundle = JSON.parse(readFileSync(bundlePath, "utf8")) as BundleText;
    const { payload, payloadType } = bundle.dsseEnvelope;
    const key = createPrivateKey(readFileSync(join(ASSETS, "keys/certificate/signing-key.pem")));
    const bytes = pae(payloadType, Buffer.from(payload, "base64"));
    const signature = bundle.dsseEnvelope.signatures[0];
    if (signature === undefined) {
      return undefined;
    }
    signature.sig = signBytes("sha384", bytes, key).toString("base64");
  } catch {
    return undefined;
  }
  const path = join(mkdtempSync(join(scratch, "signed-")), "bundle.sig");
  writeFileSync(path, JSON.stringify(bundle));
  return path;
}

/** What each negative case is about; `own` once its statement is signed properly. */
const REASONS: Readonly<Record<string, { readonly as: string[]; readonly own?: string[] }>> = {
  "certificate-expired_fail": { as: ["x509/expired"] },
  "certificate-simple-wrong-ca_fail": { as: ["x509/untrusted"] },
  "key-simple-corrupted-bundle_fail": { as: ["oms/bad-json"] },
  "key-simple-extra-file_fail": { as: ["oms/file-extra"], own: ["oms/file-extra"] },
  "key-simple-missing-file_fail": { as: ["oms/file-missing"], own: ["oms/file-missing"] },
  "key-simple-no-signature_fail": { as: ["oms/schema"] },
  "key-simple-tampered-content_fail": { as: ["oms/file-changed"], own: ["oms/file-changed"] },
  "key-simple-truncated-bundle_fail": { as: ["oms/bad-json"] },
  "key-simple-wrong-key_fail": {
    as: ["oms/signature-invalid", "oms/key-hint-mismatch"],
    own: ["oms/signature-invalid"],
  },
  "key-simple-wrong-mediatype_fail": { as: ["oms/media-type"], own: ["oms/media-type"] },
  "key-verify-as-certificate_fail": { as: ["oms/method-mismatch"], own: ["oms/method-mismatch"] },
  "malformed-empty-bundle_fail": { as: ["oms/bad-json"] },
  "malformed-empty-resources_fail": { as: ["oms/empty"], own: ["oms/empty"] },
  "malformed-missing-envelope_fail": { as: ["oms/schema"] },
  "malformed-no-predicate_fail": { as: ["oms/schema"], own: ["oms/schema"] },
  "malformed-no-subject_fail": { as: ["oms/schema"], own: ["oms/schema"] },
  "malformed-wrong-payload-type_fail": { as: ["oms/schema"], own: ["oms/schema"] },
  "malformed-wrong-predicate_fail": { as: ["oms/unsupported"], own: ["oms/unsupported"] },
  "malformed-wrong-statement-type_fail": { as: ["oms/schema"], own: ["oms/schema"] },
  "sigstore-tampered-content_fail": { as: ["oms/file-changed"] },
  "sigstore-wrong-identity_fail": { as: ["sigstore/identity-mismatch"] },
  "sigstore-wrong-issuer_fail": { as: ["sigstore/issuer-mismatch"] },
  "sigstore-verify-as-key_fail": { as: ["oms/method-mismatch"] },
};

const verifiable = casesBelow("verify/positive", "verify/historical", "verify/negative");
// Signing without a key needs the services of an instance: test/sigstore has one.
const roundtrips = casesBelow("roundtrip").filter(({ settings }) => settings.method !== "sigstore");

describe.skipIf(!existsSync(SUITE))("the conformance suite of OpenSSF Model Signing", () => {
  it("has its cases", () => {
    expect([verifiable.length, roundtrips.length]).toEqual([43, 23]);
  });

  it.each(verifiable)("verifies $name as it says", async (each) => {
    const { settings, folder, name } = each;
    const { code, report } = await verify(modelOf(each), join(folder, "bundle.sig"), settings);

    expect(code).toBe(settings.expect === "fail" ? 1 : 0);
    expect(failures(report)).toEqual(
      settings.expect === "fail" ? expect.arrayContaining(REASONS[name]?.as ?? ["?"]) : [],
    );
  });

  it.each(verifiable.filter(({ name }) => REASONS[name]?.own !== undefined))(
    "refuses $name for its own reason where its statement is signed properly",
    async (each) => {
      const { settings, folder, name } = each;
      const bundle = signedAgain(join(folder, "bundle.sig"));
      const { code, report } = await verify(modelOf(each), bundle ?? "", settings);
      const own = REASONS[name]?.own ?? [];

      expect(code).toBe(1);
      expect(failures(report)).toEqual(expect.arrayContaining(own));
      expect(failures(report).includes("oms/signature-invalid")).toBe(
        own.includes("oms/signature-invalid"),
      );
    },
  );

  it.each(roundtrips)("signs and verifies $name", async (each) => {
    const { settings } = each;
    const model = modelOf(each);
    const bundle = join(
      settings.sig_inside_model === true ? model : mkdtempSync(join(scratch, "out-")),
      "model.sig",
    );
    const { private_key: key = "", signing_cert: cert, cert_chain: chain } = settings.sign ?? {};
    const ignored = settings.sign?.ignore_paths ?? settings.verify.ignore_paths;
    const terminal = recordingTerminal();
    const code = await run(
      [
        "sign",
        settings.method,
        model,
        "--signature",
        bundle,
        "--private-key",
        join(ASSETS, key),
        ...(cert === undefined ? [] : ["--signing-certificate", join(ASSETS, cert)]),
        ...repeated(
          "--certificate-chain",
          chain?.map((path) => join(ASSETS, path)),
        ),
        ...repeated(
          "--ignore-paths",
          ignored?.map((path) => join(model, path)),
        ),
      ],
      terminal,
    );
    if (settings.expect === "fail") {
      expect(code).toBe(1);
      expect(existsSync(bundle)).toBe(false);
      return;
    }

    expect(terminal.stderr).toBe("");
    expect(code).toBe(0);
    const { dsseEnvelope } = JSON.parse(readFileSync(bundle, "utf8")) as BundleText;
    const statement = JSON.parse(Buffer.from(dsseEnvelope.payload, "base64").toString()) as {
      subject: { name: string }[];
      predicate: { resources: { name: string }[] };
    };
    expect(statement.subject[0]?.name).toBe(basename(model));
    expect(statement.predicate.resources.map(({ name }) => name)).toEqual(
      settings.expected_signed_files,
    );
    expect(await verify(model, bundle, settings)).toMatchObject({ code: 0 });
  });
});
