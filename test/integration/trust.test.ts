/** Trust policies by the program, as its users run it: written, linted, asked, remembered. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { signedModel, weighbridge } from "./signing.ts";
import { BY_ME, trusting } from "./trusting.ts";

const { here, at, writePolicy, decisionOf } = trusting();

describe("verify with a policy", () => {
  it("allows what trust init trusts, and denies it once a file was changed", async () => {
    await signedModel(here);
    const init = await weighbridge("trust", "init", at("trust.yaml"), "--key", at("me.pub"));
    expect(init.code).toBe(0);
    expect(await weighbridge("trust", "lint", at("trust.yaml"))).toMatchObject({ code: 0 });
    expect(await decisionOf()).toMatchObject([0, { decision: "allow" }]);

    writeFileSync(join(here.model, "config.json"), "{ }");
    expect(await decisionOf()).toMatchObject([
      1,
      {
        decision: "deny",
        decidedBy: { rule: "trust/tampered" },
        findings: [{ rule: "oms/file-changed" }],
      },
    ]);
  });

  it("says which line decided, and what would change it", async () => {
    await signedModel(here);
    writePolicy(BY_ME.replace("signature: me", "signature: me, timestamp: true"));
    const { code, stdout } = await weighbridge(
      "trust",
      "explain",
      here.model,
      "--policy",
      at("trust.yaml"),
      "--as",
      "hf:acme/bert",
      "--memory",
      at("memory.json"),
    );

    expect(code).toBe(1);
    expect(stdout).toMatch(/^DENIED +hf:acme\/bert\n/);
    expect(stdout).toContain("nothing proves when model.sig was made (trust/no-timestamp)");
    expect(stdout).toContain(`8 |     require: { signature: me, timestamp: true }`);
    expect(stdout).toMatch(/what would change it:\n +- a timestamp of an authority in trustRoots/);
  });

  it("asks by the name that the user gives, and by where the model lies", async () => {
    await signedModel(here);
    writePolicy(BY_ME);
    expect(await decisionOf("--as", "hf:acme/bert@main")).toMatchObject([0, {}]);
    expect(await decisionOf()).toMatchObject([1, { decidedBy: { rule: "trust/no-rule" } }]);

    writePolicy(BY_ME.replace("hf:acme/*", "file:bert"));
    expect(await decisionOf()).toMatchObject([0, {}]);
  });

  it("takes certificates by the roots of the policy, and their keys as their own", async () => {
    await weighbridge("ca", "init", at("pki"), "--name", "Ours", "--no-password");
    const issue = ["--subject", "Release", "--out", at("release.pem")];
    expect(await weighbridge("ca", "issue", at("pki"), ...issue)).toMatchObject({ code: 0 });
    const signing = [
      "--private-key",
      at("release.key"),
      "--signing-certificate",
      at("release.pem"),
    ];
    const signature = ["--signature", join(here.model, "model.sig")];
    expect(
      await weighbridge("sign", "certificate", here.model, ...signature, ...signing),
    ).toMatchObject({ code: 0 });
    const policy = `trustRoots: { ours: { x509: pki/ca.pem } }
authorities:
  - { name: release, certificate: { root: ours, subject: CN=Release } }
rules:
  - { match: "file:**", require: { signature: release } }
`;
    writePolicy(policy);
    expect(await decisionOf()).toMatchObject([0, { decision: "allow" }]);
    writePolicy(policy.replace("CN=Release", "CN=Re1ease"));
    expect(await decisionOf()).toMatchObject([1, { decidedBy: { rule: "trust/look-alike" } }]);
  });

  it("asks about claims", async () => {
    await signedModel(here);
    writeFileSync(at("p.json"), JSON.stringify({ attributes: [{ attribute: "HAS_NO_PICKLE" }] }));
    const made = await weighbridge(
      "attest",
      "scai",
      here.model,
      "--predicate",
      at("p.json"),
      "--private-key",
      at("me.key"),
    );
    expect(made).toMatchObject({ code: 0 });
    const policy = `authorities:
  - { name: me, key: { file: me.pub } }
rules:
  - match: "file:**"
    require:
      attestations:
        - type: https://in-toto.io/attestation/scai/v0.3
          by: me
          where: "predicate.attributes.exists(a, a.attribute == 'HAS_NO_PICKLE')"
`;
    writePolicy(policy);
    expect(await decisionOf()).toMatchObject([0, { decision: "allow" }]);
    writePolicy(policy.replace("HAS_NO_PICKLE", "SANDBOXED"));
    expect(await decisionOf()).toMatchObject([
      1,
      { decidedBy: { rule: "trust/condition-false", line: 12 } },
    ]);
  });
});

describe("trust on first use", () => {
  it("holds a model whose signer changed until a person accepts that, and the log keeps it", async () => {
    await signedModel(here);
    await weighbridge("log", "init", at("log"), "--origin", "example.org/log");
    await weighbridge("keygen", at("other"), "--no-password");
    writePolicy(`authorities:
  - { name: me, key: { file: me.pub } }
  - { name: other, key: { file: other.pub } }
rules:
  - { match: "hf:**", pin: tofu, onFail: hold }
`);
    const ask = () => decisionOf("--as", "hf:acme/bert@main", "--log", at("log"));
    expect(await ask()).toMatchObject([0, { decision: "allow", events: [{ kind: "pinned" }] }]);
    await weighbridge(
      "sign",
      "key",
      here.model,
      "--private-key",
      at("other.key"),
      "--signature",
      join(here.model, "model.sig"),
    );
    expect(await ask()).toMatchObject([
      1,
      { decision: "hold", decidedBy: { rule: "trust/signer-changed" } },
    ]);
    const pinned = await weighbridge(
      "trust",
      "pin",
      "hf:acme/bert",
      "--forget",
      "--memory",
      at("memory.json"),
    );
    expect(pinned).toMatchObject({ code: 0 });
    expect(await ask()).toMatchObject([0, { decision: "allow" }]);

    const { stdout } = await weighbridge("history", "hf:acme/bert@main", "--log", at("log"));
    for (const word of ["admitted", "quarantined", "key-changed"]) {
      expect(stdout).toContain(word);
    }
  });
});

describe("a log", () => {
  it("proves that a signature was published, to those who trust that log", async () => {
    await signedModel(here);
    const sig = join(here.model, "model.sig");
    const log = at("log");
    await weighbridge("log", "init", log, "--origin", "example.org/log");
    writeFileSync(at("e.json"), '{"type":"signed","subject":{"name":"acme/bert"}}');
    await weighbridge("log", "add", log, at("e.json"), "--evidence", sig);
    const files = ["-o", at("0.tlog-proof"), "--save-entry", at("0.json")];
    expect(await weighbridge("log", "prove", log, "0", ...files)).toMatchObject({ code: 0 });
    const key = readFileSync(join(log, "key.pub"), "utf8").trim();
    writeFileSync(at("log.policy"), `log ${key}\nquorum none\n`);
    const policy = `trustRoots: { history: { log: log.policy } }
${BY_ME.replace("hf:acme/*", "file:**").replace("signature: me", "signature: me, log: true")}`;
    writePolicy(policy);

    expect(await decisionOf()).toMatchObject([1, { decidedBy: { rule: "trust/not-logged" } }]);
    const proof = ["--proof", at("0.tlog-proof")];
    expect(await decisionOf(...proof)).toMatchObject([0, { decision: "allow" }]);
    writePolicy(policy.replace("log: true", "log: { witnesses: 1 }"));
    expect(await decisionOf(...proof)).toMatchObject([
      1,
      { decidedBy: { rule: "trust/not-logged" } },
    ]);
    writePolicy(policy.replace("log: true", "log: { origin: example.org/other }"));
    expect(await decisionOf(...proof)).toMatchObject([
      1,
      { decidedBy: { rule: "trust/not-logged" } },
    ]);

    writePolicy(policy);
    writeFileSync(
      at("0.json"),
      readFileSync(at("0.json"), "utf8").replace("acme/bert", "evil/bert"),
    );
    const [code, report] = await decisionOf(...proof);
    expect([code, report.decidedBy.rule]).toEqual([1, "trust/not-logged"]);
    expect(JSON.stringify(report)).toContain("proves nothing");
  });
});

describe("a decision", () => {
  it("becomes a claim that others verify, whatever it says", async () => {
    await signedModel(here);
    writePolicy(BY_ME);
    const vsa = ["--vsa", at("vsa.jsonl"), "--private-key", at("me.key")];
    expect(await decisionOf("--as", "hf:acme/bert", ...vsa)).toMatchObject([0, {}]);
    expect(await decisionOf("--as", "hf:evil/bert", ...vsa)).toMatchObject([1, {}]);
    const { stdout } = await weighbridge(
      "attest",
      "verify",
      here.model,
      "--claims",
      at("vsa.jsonl"),
      "--key",
      at("me.pub"),
      "--format",
      "json",
    );
    const { claims } = JSON.parse(stdout) as {
      claims: { kind: string; statement: { predicate: object } }[];
    };
    expect(
      claims.filter(({ kind }) => kind === "vsa").map(({ statement }) => statement.predicate),
    ).toMatchObject([
      { resourceUri: "hf:acme/bert", verificationResult: "PASSED", policy: { uri: "trust.yaml" } },
      { resourceUri: "hf:evil/bert", verificationResult: "FAILED" },
    ]);
  });
});

describe("what cannot be", () => {
  it.each([
    [["verify", "MODEL", "--policy", "TRUST", "--key", "KEY"], "--key says whom to trust"],
    [["trust", "explain", "MODEL", "--policy", "nowhere.yaml"], "cannot read the policy"],
    [["verify", "MODEL", "--policy", "TRUST", "--subset", "*.bin"], "--subset does not go with"],
    [["verify", "MODEL", "--policy", "TRUST", "--vsa", "x"], "a summary needs a file and a key"],
    [["trust", "pin", "hf:a/b"], "--signer or --forget"],
    [["trust", "init", "TRUST"], "is there already"],
  ])("%j", async (args, message) => {
    writePolicy("rules:\n  - { mach: x }\n");
    const filled = args.map(
      (word) => ({ MODEL: here.model, TRUST: at("trust.yaml"), KEY: at("me.pub") })[word] ?? word,
    );
    const { code, stderr } = await weighbridge(...filled);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it("is a policy with mistakes, which are all told with their lines", async () => {
    writePolicy("rules:\n  - { mach: x }\n  - { match: 'hf:x', level: stric }\n");
    const { code, stderr } = await weighbridge("trust", "lint", at("trust.yaml"));

    expect(code).toBe(2);
    expect(stderr).toContain("trust.yaml:5: rules[0].mach is not a key; did you mean match?");
    expect(stderr).toContain("trust.yaml:6: rules[1].level has to be");
  });
});
