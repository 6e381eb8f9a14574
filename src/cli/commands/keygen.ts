/** `weighbridge keygen`: what it takes. */

import type { Command } from "../command.ts";

export const keygenCommand: Command = {
  name: "keygen",
  usage: "[<name>] [options]",
  about: [
    "Makes a pair of keys to sign models with: NAME.key, which only you may read, and NAME.pub, for",
    "those who verify. NAME is model-signing where none is given. Nothing is ever overwritten.",
  ],
  options: [
    { name: "curve", value: "NAME", help: "p256 (default), p384 or p521" },
    { name: "no-password", help: "do not ask for a password, and do not encrypt the key" },
    { name: "password-stdin", help: "encrypt the private key with the password on standard input" },
  ],
  examples: [
    { command: "weighbridge keygen acme", help: "acme.key and acme.pub" },
    {
      command: "pass show signing | weighbridge keygen acme --password-stdin",
      help: "an encrypted private key",
    },
  ],
  async run(given, terminal) {
    const { runKeygen } = await import("../provenance/run-keygen.ts");
    return await runKeygen(given, terminal);
  },
};
