/** `weighbridge ca`: certificates for teams without an authority of their own. */

import type { CommandGroup } from "../command.ts";

export const caGroup: CommandGroup = {
  name: "ca",
  about: [
    "A small certificate authority in a folder, for teams that have none: a root that verifiers trust,",
    "and certificates for those who sign.",
  ],
  commands: {
    init: {
      summary: "make the key and the root certificate of an authority",
      load: async () => (await import("./ca-init.ts")).caInitCommand,
    },
    issue: {
      summary: "issue a certificate for signing models",
      load: async () => (await import("./ca-issue.ts")).caIssueCommand,
    },
  },
  examples: [
    { command: 'weighbridge ca init pki --name "Acme models"', help: "pki/ca.pem and pki/ca.key" },
    {
      command: "weighbridge ca issue pki --subject Release --out release.pem",
      help: "release.pem and release.key",
    },
  ],
};
