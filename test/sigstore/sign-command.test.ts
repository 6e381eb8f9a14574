// `sign sigstore` and `verify sigstore` against an instance on loopback, from the command line on.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { run } from "../../src/cli/program.ts";
import { recordingTerminal } from "../builders/terminal.ts";
import { trustConfigOf } from "./instance.ts";
import { browse, startProvider } from "./provider.ts";
import { RUNNER_SECRET, startServers } from "./servers.ts";
import type { Servers } from "./servers.ts";
import { ISSUER, MAIL, makeToken } from "./token.ts";

const SCHEMA = new URL("../../assets/schemas/verification-v1.schema.json", import.meta.url);

let servers: Servers;
let folder: string;

const NAMES = [
  "SIGSTORE_ID_TOKEN",
  "SIGSTORE_ID_TOKEN_FILE",
  "ACTIONS_ID_TOKEN_REQUEST_URL",
  "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
  "http_proxy",
  "HTTP_PROXY",
  "all_proxy",
  "ALL_PROXY",
];
const before = new Map(NAMES.map((name) => [name, process.env[name]]));

beforeAll(async () => {
  servers = await startServers();
});
afterAll(async () => await servers.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-keyless-"));
  mkdirSync(join(folder, "model"));
  writeFileSync(join(folder, "model/weights.bin"), "weights");
  for (const version of [1, 2] as const) {
    const config = JSON.stringify(trustConfigOf(servers.instance, version));
    writeFileSync(join(folder, `trust${version}.json`), config);
  }
  for (const name of NAMES) delete process.env[name];
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

async function weighbridge(...args: readonly string[]) {
  const terminal = recordingTerminal();
  const code = await run(
    args.map((argument) => argument.replace(/^@/, `${folder}/`)),
    terminal,
  );
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

const signing = (version: 1 | 2 = 2, ...more: readonly string[]) =>
  weighbridge(
    "sign",
    "sigstore",
    "@model",
    "--signature",
    "@model/model.sig",
    "--trust-config",
    `@trust${version}.json`,
    ...more,
  );

const verifying = (identity = MAIL, issuer = ISSUER, ...more: readonly string[]) =>
  weighbridge(
    "verify",
    "sigstore",
    "@model",
    "--trust-config",
    "@trust1.json",
    "--identity",
    identity,
    "--identity-provider",
    issuer,
    ...more,
  );

interface Written {
  readonly verificationMaterial: {
    readonly tlogEntries: readonly { readonly kindVersion: object }[];
    readonly timestampVerificationData: { readonly rfc3161Timestamps: readonly object[] };
  };
}

describe("sign sigstore", () => {
  it.each([
    [1, { kind: "dsse", version: "0.0.1" }],
    [2, { kind: "hashedrekord", version: "0.0.2" }],
  ] as const)("publishes in a log of version %i, and verifies", async (version, kindVersion) => {
    process.env["SIGSTORE_ID_TOKEN"] = makeToken();

    const signed = await signing(version);

    expect(signed).toMatchObject({ code: 0 });
    expect(signed.stdout).toContain(`by ${MAIL}, by the word of ${ISSUER}, entry`);
    expect(signed.stderr).toContain("for good");
    const bundle = JSON.parse(readFileSync(join(folder, "model/model.sig"), "utf8")) as Written;
    expect(bundle.verificationMaterial.tlogEntries).toMatchObject([{ kindVersion }]);
    expect(bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps).toHaveLength(1);
    expect(await verifying()).toMatchObject({ code: 0 });
  });

  it("takes the identity of a workflow, and asks for a token of its own for it", async () => {
    process.env["ACTIONS_ID_TOKEN_REQUEST_URL"] = servers.runner;
    process.env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = RUNNER_SECRET;
    const workflow = "https://github.com/acme/model/.github/workflows/release.yml@refs/tags/v1";
    const provider = "https://token.actions.githubusercontent.com";

    expect(await signing()).toMatchObject({ code: 0 });
    expect(await verifying(workflow, provider)).toMatchObject({ code: 0 });
    const pattern = "https://github.com/acme/*/.github/workflows/release.yml@refs/tags/*";
    const byPattern = ["--identity-pattern", pattern, "--identity-provider", provider];
    const rest = ["--trust-config", "@trust1.json", ...byPattern];
    expect(await weighbridge("verify", "sigstore", "@model", ...rest)).toMatchObject({ code: 0 });
  });

  it("takes a token from a file", async () => {
    writeFileSync(join(folder, "token"), `${makeToken()}\n`);

    expect(await signing(2, "--identity-token-file", "@token")).toMatchObject({ code: 0 });
    process.env["SIGSTORE_ID_TOKEN_FILE"] = join(folder, "token");
    expect(await signing()).toMatchObject({ code: 0 });
    expect(await verifying()).toMatchObject({ code: 0 });
  });

  it("lets people log in by a browser", async () => {
    const provider = await startProvider();
    try {
      const config = trustConfigOf(servers.instance, 2, provider.url);
      writeFileSync(join(folder, "browser.json"), JSON.stringify(config));
      const terminal = recordingTerminal();
      const args = ["sign", "sigstore", join(folder, "model"), "--browser", "--no-scan"];
      const out = ["--signature", join(folder, "model/model.sig")];
      const ending = run(
        [...args, ...out, "--trust-config", join(folder, "browser.json")],
        terminal,
      );
      const address = await vi.waitFor(() => {
        const [found] = /http:\/\/\S+authorize\S+/.exec(terminal.stderr) ?? [];
        if (found === undefined) throw new Error(`no address in: ${terminal.stderr}`);
        return found;
      }, 10_000);
      await browse(address);

      expect(await ending).toBe(0);
      expect(await verifying()).toMatchObject({ code: 0 });
    } finally {
      provider.close();
    }
  });

  it("is verified by the plain command too, where a name is given", async () => {
    process.env["SIGSTORE_ID_TOKEN"] = makeToken();
    await signing();
    const names = ["--identity", MAIL, "--identity-provider", ISSUER];

    const plain = await weighbridge("verify", "@model", "--trust-config", "@trust1.json", ...names);
    expect(plain).toMatchObject({ code: 0 });
    expect(await weighbridge("verify", "@model", ...names)).toMatchObject({ code: 1 });
  });

  it.each<[string, string | undefined, string]>([
    ["there is none", undefined, "nobody is logged in here"],
    ["it has expired", makeToken({ exp: 1000 }), "it has expired"],
    ["it is for others", makeToken({ aud: "elsewhere" }), 'it is meant for "elsewhere"'],
    ["it is none", "secret-but-no-token", "it is not a token"],
  ])("says so of a token where %s, without showing it", async (_what, token, message) => {
    if (token !== undefined) process.env["SIGSTORE_ID_TOKEN"] = token;

    const { code, stderr } = await signing();

    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain(token ?? "?");
    expect(existsSync(join(folder, "model/model.sig"))).toBe(false);
  });

  it.each<[string, string, { status: number; body: string }, string]>([
    [
      "the authority refuses",
      "/api/v2/signingCert",
      { status: 403, body: `{"message":"no \\u001b[31mway"}` },
      String.raw`the certificate authority at localhost`,
    ],
    [
      "the log answers with something else",
      "/api/v2/log/entries",
      { status: 201, body: "<html>" },
      "the log at localhost",
    ],
    [
      "the log lies",
      "/api/v2/log/entries",
      { status: 201, body: `{"logIndex":"1"}` },
      "does not verify",
    ],
    ["the time is none", "/api/v1/timestamp", { status: 200, body: "no" }, "does not verify"],
  ])("writes nothing where %s", async (_what, path, answer, message) => {
    process.env["SIGSTORE_ID_TOKEN"] = makeToken();
    servers.interrupt(path, answer);

    const { code, stderr } = await signing();

    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain("\u001b[31m");
    expect(existsSync(join(folder, "model/model.sig"))).toBe(false);
  });

  it("does not take the token elsewhere", async () => {
    process.env["SIGSTORE_ID_TOKEN"] = makeToken();
    const location = servers.instance.addresses.log1;
    const headers = { location: `${location}/stolen` };
    servers.interrupt("/api/v2/signingCert", { status: 307, headers, body: "" });

    const { code, stderr } = await signing();

    expect(code).toBe(2);
    expect(stderr).toContain("redirects to");
    expect(servers.requests).not.toContain("/stolen");
  });
});

describe("verify sigstore", () => {
  beforeEach(async () => {
    process.env["SIGSTORE_ID_TOKEN"] = makeToken();
    await signing(1);
  });

  it("tells machines who signed, in the published form", async () => {
    const { code, stdout } = await verifying(MAIL, ISSUER, "--format", "json");

    const report = JSON.parse(stdout) as object;
    const schema = readFileSync(SCHEMA, "utf8");
    const validate = new Ajv2020({ strict: false }).compile(JSON.parse(schema) as object);
    expect(code).toBe(0);
    expect(validate(report) ? [] : validate.errors).toEqual([]);
    expect(report).toMatchObject({
      method: "sigstore",
      signer: {
        kind: "identity",
        identity: MAIL,
        issuer: ISSUER,
        logEntries: [{ log: servers.instance.addresses.log1 }],
      },
    });
  });

  it.each<[string, string, string]>([
    ["something behind", `${MAIL}.evil.test`, ISSUER],
    ["something before", `x${MAIL}`, ISSUER],
    ["less", MAIL.slice(0, -1), ISSUER],
    ["another case", MAIL.toUpperCase(), ISSUER],
    ["a newline", `${MAIL}\n`, ISSUER],
    ["a letter that looks alike", MAIL.replace("a", "\u0430"), ISSUER],
    ["a regular expression", ".*", ISSUER],
    ["nothing", "", ISSUER],
    ["a provider with a slash", MAIL, `${ISSUER}/`],
    ["a provider in another case", MAIL, ISSUER.toUpperCase()],
    ["a provider below it", MAIL, `${ISSUER}.evil.test`],
  ])("refuses %s", async (_what, identity, issuer) => {
    const { code, stdout } = await verifying(identity, issuer, "--format", "json");

    const { findings } = JSON.parse(stdout) as { findings: { rule: string }[] };
    const rule = issuer === ISSUER ? "identity-mismatch" : "issuer-mismatch";
    expect(code).toBe(1);
    expect(findings.map(({ rule: id }) => id)).toEqual([`sigstore/${rule}`]);
  });

  it.each([
    ["https://github.com/**", "the first step behind the host"],
    ["**", "neither an address"],
    ["release@*", "neither an address"],
  ])("refuses the pattern %s before it looks at anything", async (pattern, message) => {
    const { code, stderr } = await weighbridge(
      "verify",
      "sigstore",
      "@model",
      "--identity-pattern",
      pattern,
      "--identity-provider",
      ISSUER,
    );

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it("wants a provider with the name", async () => {
    const { code, stderr } = await weighbridge("verify", "sigstore", "@model", "--identity", MAIL);

    expect(code).toBe(2);
    expect(stderr).toContain("--identity-provider");
  });

  it("does not take a signature for other content", async () => {
    writeFileSync(join(folder, "model/weights.bin"), "changed");
    const { code, stdout } = await verifying();

    expect(code).toBe(1);
    expect(stdout).toContain("oms/file-changed");
  });

  it("does not take the public instance's word for a private one", async () => {
    const { code, stdout } = await weighbridge(
      "verify",
      "sigstore",
      "@model",
      "--identity",
      MAIL,
      "--identity-provider",
      ISSUER,
    );

    expect(code).toBe(1);
    expect(stdout).toContain("sigstore/timestamp");
  });
});
