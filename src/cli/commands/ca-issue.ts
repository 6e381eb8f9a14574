/** `weighbridge ca issue`: what it takes. */

import type { Command } from "../command.ts";

export const caIssueCommand: Command = {
  name: "ca issue",
  usage: "<folder> --subject NAME --out FILE [options]",
  about: [
    "Issues a certificate for code signing with the authority in FOLDER. With --public-key it certifies a",
    "key that somebody else holds; without, it makes one beside FILE, with the ending .key.",
    "The certificate ends with the authority's at the latest. Nothing is ever overwritten.",
  ],
  options: [
    { name: "subject", value: "NAME", help: "who will sign: a name, or CN=Release,O=Acme" },
    { name: "out", value: "FILE", help: "the certificate, as PEM" },
    { name: "public-key", value: "FILE", help: "certify this key instead of making one" },
    { name: "days", value: "N", help: "how long it is valid (365)" },
    { name: "email", value: "ADDRESS", repeatable: true, help: "an alternative name" },
    { name: "uri", value: "URI", repeatable: true, help: "an alternative name" },
    { name: "eku", value: "OID", repeatable: true, help: "a further key purpose" },
    { name: "password-stdin", help: "take the password of ca.key from standard input" },
  ],
  examples: [
    {
      command: "weighbridge ca issue pki --subject CN=Release,O=Acme --out release.pem",
      help: "release.pem and release.key",
    },
    {
      command: "weighbridge ca issue pki --subject Ada --public-key ada.pub --out ada.pem",
      help: "for a key that stays where it is",
    },
  ],
  async run(given, terminal) {
    const { runCaIssue } = await import("../ca/run-ca-issue.ts");
    return await runCaIssue(given, terminal);
  },
};
