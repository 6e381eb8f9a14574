/** `weighbridge attest scan`, `dataset`, `deployment` and `claim`: what they take. */

import { AppError } from "../../kernel/errors.ts";
import { ATTEST_OPTIONS, PREDICATE_OPTION } from "../attest/attest-options.ts";
import type { Command } from "../command.ts";

export const attestScanCommand: Command = {
  name: "attest scan",
  usage: "<model> --report <file> --private-key <file> [options]",
  about: [
    "Claims what a scan found. The report is held against the model first: every file has to be in",
    "it with the same digest.",
  ],
  options: [
    { name: "report", value: "FILE", help: "the report, as --output json=FILE wrote it" },
    { name: "scanned-on", value: "TIME", help: "when it was scanned, in UTC (default: now)" },
    ...ATTEST_OPTIONS,
  ],
  examples: [
    {
      command: "weighbridge attest scan models/bert --report report.json --private-key me.key",
      help: "the claim is added to models/bert/claims.jsonl",
    },
  ],
  async run(given, terminal) {
    const { runAttest } = await import("../attest/run-attest.ts");
    const { scanClaim } = await import("../attest/scan-claim.ts");
    return await runAttest(given, terminal, {
      spec: attestScanCommand,
      name: "scan",
      make: (input) => Promise.resolve(scanClaim(input, attestScanCommand)),
    });
  },
};

export const attestDatasetCommand: Command = {
  name: "attest dataset",
  usage: "<folder> --private-key <file> [options]",
  about: [
    "Claims what is in a dataset: every file with its digest. With --manifest the files have to be",
    "those of the manifest; without one it is made here.",
  ],
  options: [
    { name: "manifest", value: "FILE", help: "from weighbridge dataset manifest" },
    { name: "license", value: "TEXT", help: "an SPDX expression, without --manifest" },
    ...ATTEST_OPTIONS,
  ],
  examples: [
    {
      command: "weighbridge attest dataset data --manifest data.json --private-key me.key",
      help: "the claim is added to data/claims.jsonl",
    },
  ],
  async run(given, terminal) {
    const { runAttest } = await import("../attest/run-attest.ts");
    const { datasetClaim, namedManifest } = await import("../attest/dataset-claim.ts");
    const manifest = namedManifest(given);
    return await runAttest(given, terminal, {
      spec: attestDatasetCommand,
      name: "dataset",
      ...(manifest === undefined ? {} : { ignorePaths: manifest.ignored }),
      make: (input) => Promise.resolve(datasetClaim(input, manifest)),
    });
  },
};

export const attestDeploymentCommand: Command = {
  name: "attest deployment",
  usage: "<model> --environment <name> --private-key <file> [options]",
  about: ["Claims where a model is in use, since when, and by which decision it may be."],
  options: [
    { name: "environment", value: "NAME", help: "where it runs, such as production" },
    { name: "endpoint", value: "URL", help: "where it is reached" },
    { name: "approver", value: "NAME", help: "who allowed it" },
    {
      name: "decision",
      value: "FILE",
      help: "claims with the summary (VSA) that it goes by; the last one counts",
    },
    { name: "started-on", value: "TIME", help: "since when, in UTC (default: now)" },
    PREDICATE_OPTION,
    ...ATTEST_OPTIONS,
  ],
  examples: [
    {
      command:
        "weighbridge attest deployment models/bert --environment production --private-key me.key",
      help: "the claim is added to models/bert/claims.jsonl",
    },
  ],
  async run(given, terminal) {
    const { runAttest } = await import("../attest/run-attest.ts");
    const { deploymentClaim } = await import("../attest/deployment-claim.ts");
    const claim = deploymentClaim(given, attestDeploymentCommand);
    return await runAttest(given, terminal, {
      spec: attestDeploymentCommand,
      name: "deployment",
      make: () => Promise.resolve(claim),
    });
  },
};

export const attestClaimCommand: Command = {
  name: "attest claim",
  usage: "<model> --type <uri> --predicate <file> [options]",
  about: ["Claims anything, of a type that you name. Types that are known here are checked."],
  options: [
    { name: "type", value: "URI", help: "the type of the predicate" },
    PREDICATE_OPTION,
    ...ATTEST_OPTIONS,
  ],
  examples: [
    {
      command:
        "weighbridge attest claim bert --type https://a.test/v1 --predicate r.json --private-key me.key",
      help: "a type of your own",
    },
  ],
  async run(given, terminal) {
    const type = given.value("type");
    if (type === undefined) {
      throw new AppError("USAGE", "attest claim needs the type of the predicate: --type URI");
    }
    const { runAttest } = await import("../attest/run-attest.ts");
    const { predicateFile } = await import("../attest/predicate-file.ts");
    const predicate = predicateFile(given, attestClaimCommand);
    return await runAttest(given, terminal, {
      spec: attestClaimCommand,
      name: type,
      make: () => Promise.resolve({ type, predicate }),
    });
  },
};
