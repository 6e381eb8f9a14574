/** `weighbridge ca init`: what it takes. */

import type { Command } from "../command.ts";

export const caInitCommand: Command = {
  name: "ca init",
  usage: "<folder> --name NAME [options]",
  about: [
    "Makes an authority: FOLDER/ca.key, which only you may read and which belongs on no machine that builds",
    "or serves, and FOLDER/ca.pem, the root certificate that verifiers trust. Nothing is ever overwritten.",
    "On a terminal it asks for a password of the key; an empty one leaves the key unencrypted.",
  ],
  options: [
    { name: "name", value: "NAME", help: "a name, or a whole one such as CN=Models,O=Acme" },
    { name: "days", value: "N", help: "how long the root is valid (3650)" },
    { name: "curve", value: "NAME", help: "p256 (default), p384 or p521" },
    { name: "path-length", value: "N", help: "how many authorities may follow below it (0)" },
    { name: "no-password", help: "leave the key unencrypted without asking" },
    { name: "password-stdin", help: "encrypt the key with the password on standard input" },
  ],
  examples: [
    { command: 'weighbridge ca init pki --name "Acme models"', help: "an authority for ten years" },
    {
      command: "pass show ca | weighbridge ca init pki --name CN=Models,O=Acme --password-stdin",
      help: "with an encrypted key",
    },
  ],
  async run(given, terminal) {
    const { runCaInit } = await import("../ca/run-ca-init.ts");
    return await runCaInit(given, terminal);
  },
};
