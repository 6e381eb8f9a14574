/** Policies that are signed, and policies that others were given a part of. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

import { signedModel, weighbridge } from "./signing.ts";
import { BY_ME, HEAD, trusting } from "./trusting.ts";

const { here, at, writePolicy, decisionOf } = trusting();

describe("a signed policy", () => {
  const sign = (key: string) =>
    weighbridge("trust", "sign", at("trust.yaml"), "--private-key", at(`${key}.key`));

  it("cannot be changed, replaced by an older one, or signed by others", async () => {
    await signedModel(here);
    await weighbridge("keygen", at("security"), "--no-password");
    const policy = BY_ME.replace(
      "rules:",
      "  - { name: security, key: { file: security.pub } }\nsignedBy: security\nrules:",
    ).replace("hf:acme/*", "file:**");
    writePolicy(policy);
    expect(await decisionOf()).toMatchObject([
      1,
      { decidedBy: { rule: "trust/policy-signature" } },
    ]);
    expect(await sign("security")).toMatchObject({ code: 0 });
    expect(await decisionOf("--policy-key", at("security.pub"))).toMatchObject([0, {}]);
    expect(await decisionOf("--policy-key", at("me.pub"))).toMatchObject([
      1,
      { decidedBy: { rule: "trust/policy-signature" } },
    ]);

    // Whoever can write the file takes the requirement out, and signs for himself.
    writePolicy(policy.replace("signedBy: security", "signedBy: me"));
    await sign("me");
    expect(await decisionOf()).toMatchObject([
      1,
      { decidedBy: { rule: "trust/policy-signature" } },
    ]);

    const second = (HEAD + policy).replace("version: 1", "version: 2");
    writeFileSync(at("trust.yaml"), second);
    await sign("security");
    expect(await decisionOf()).toMatchObject([0, {}]);
    writePolicy(policy);
    await sign("security");
    expect(await decisionOf()).toMatchObject([1, { decidedBy: { rule: "trust/policy-rollback" } }]);
  });
});

describe("a delegation", () => {
  it("reaches no further than its paths, whatever it calls its roots", async () => {
    await weighbridge("ca", "init", at("pki"), "--name", "Ours");
    await weighbridge("ca", "init", at("their-pki"), "--name", "Theirs");
    await weighbridge("keygen", at("team"), "--no-password");
    const issue = ["--subject", "Release", "--out", at("release.pem")];
    await weighbridge("ca", "issue", at("their-pki"), ...issue);
    const signing = [
      "--private-key",
      at("release.key"),
      "--signing-certificate",
      at("release.pem"),
    ];
    const signature = ["--signature", join(here.model, "model.sig")];
    await weighbridge("sign", "certificate", here.model, ...signature, ...signing);
    writePolicy(`trustRoots: { ours: { x509: pki/ca.pem } }
authorities:
  - { name: team, key: { file: team.pub } }
  - { name: release, certificate: { root: ours } }
rules:
  - { match: "hf:acme/*", require: { signature: release } }
delegations:
  - { name: team, paths: "hf:team/*", to: team, expires: 2099-01-01, policy: team.yaml }
`);
    const team = `${HEAD}trustRoots: { ours: { x509: their-pki/ca.pem } }
authorities:
  - { name: release, certificate: { root: ours } }
rules:
  - { match: "hf:**", require: { signature: release } }
`;
    writeFileSync(at("team.yaml"), team);
    expect(await decisionOf("--as", "hf:team/x")).toMatchObject([
      1,
      { decidedBy: { rule: "trust/policy-signature", document: "team.yaml" } },
    ]);
    await weighbridge("trust", "sign", at("team.yaml"), "--private-key", at("team.key"));
    expect(await decisionOf("--as", "hf:team/x")).toMatchObject([
      0,
      { decidedBy: { document: "team.yaml", line: 8 } },
    ]);
    expect(await decisionOf("--as", "hf:acme/x")).toMatchObject([
      1,
      { decidedBy: { rule: "trust/threshold", line: 9 } },
    ]);
    expect(await decisionOf("--as", "hf:other/x")).toMatchObject([
      1,
      { decidedBy: { rule: "trust/no-rule" } },
    ]);

    writeFileSync(at("team.yaml"), `${team}# changed\n`);
    expect(await decisionOf("--as", "hf:team/x")).toMatchObject([
      1,
      { decidedBy: { rule: "trust/policy-signature" } },
    ]);
  });
});
