/** `weighbridge scan`: what it takes. The work is loaded when it starts. */

import type { Command } from "../command.ts";
import { LOG_OPTION } from "../log/log-option.ts";

export const scanCommand: Command = {
  name: "scan",
  usage: "<target…> [options]",
  about: [
    "Says of model files whether loading them can harm you, why, and what to do instead.",
    "A target is a file, a folder, - for standard input, a web address, or a repository on the",
    "Hugging Face Hub: hf:[datasets/]org/name[@revision][/path].",
    "",
    "Verdicts, best to worst:",
    "  clean       every byte is accounted for, and nothing in it can act",
    "  unknown     something in it is not known to be harmless",
    "  incomplete  it could not be looked at as a whole: damaged, encrypted, over a limit",
    "  suspicious  it could act when it is used, or it hides what it is",
    "  malicious   it acts when it is loaded",
    "",
    "Exit codes: 0 passed, 1 at or above --fail-on, 2 not run, 3 something is incomplete,",
    "4 something is unknown (with --fail-on unknown), 130 or 143 interrupted.",
  ],
  options: [
    {
      name: "format",
      short: "f",
      value: "NAME",
      help: "terminal (default), json, sarif or markdown; or by --output's name",
    },
    {
      name: "output",
      short: "o",
      value: "FILE",
      repeatable: true,
      help: "write the report to FILE; FORMAT=FILE writes one more; repeatable",
    },
    {
      name: "fail-on",
      value: "VERDICT",
      help: "exit 1 from this verdict on (default: suspicious)",
    },
    {
      name: "include",
      value: "GLOB",
      repeatable: true,
      help: "only files that match, such as '*.pkl' or 'unet/**'; repeatable",
    },
    { name: "exclude", value: "GLOB", repeatable: true, help: "no files that match; repeatable" },
    {
      name: "require-weights-only",
      help: "fail files that torch.load(weights_only=True) refuses",
    },
    {
      name: "quick",
      help: "read only what parsers need, as of remote files: no digests",
    },
    {
      name: "full",
      help: "read all of a remote file, and compare its digest",
    },
    {
      name: "offline",
      help: "take hf: targets from the local hub cache",
    },
    {
      name: "cache",
      words: ["stat"],
      help: "reuse results: unchanged files are only hashed, with =stat not read",
    },
    { name: "cache-dir", value: "DIR", help: "where --cache keeps them; only you may write there" },
    { name: "trace", help: "print what pickles do, as pseudo-Python" },
    { name: "jobs", short: "j", value: "N", help: "files scanned at once, at most" },
    {
      name: "limits",
      value: "KEY=VALUE",
      repeatable: true,
      help: "budgets of one file, such as outputBytes=2GB,depth=32; repeatable",
    },
    {
      name: "verify",
      value: "FILE",
      help: "verify the signature in the same read, by the key or roots in FILE",
    },
    LOG_OPTION,
    { name: "config", value: "FILE", help: "settings; otherwise ./weighbridge.yaml" },
    {
      name: "trust-config",
      help: "believe a weighbridge.yaml that lies in what is scanned",
    },
    { name: "quiet", short: "q", help: "only what fails, and the last line" },
    { name: "verbose", short: "v", help: "every file and every finding" },
    { name: "no-progress", help: "no progress line" },
  ],
  examples: [
    { command: "weighbridge scan model.pkl", help: "one file" },
    {
      command: "weighbridge scan models/ --include '*.{pt,bin}' --fail-on unknown",
      help: "the PyTorch files of a folder, strictly: fails unless all are known to be harmless",
    },
    {
      command: "weighbridge scan models/ --output report.json",
      help: "a report for machines",
    },
    {
      command: "weighbridge scan . --output sarif=scan.sarif --output markdown=summary.md",
      help: "for code scanning and for a job's summary, beside the one on the screen",
    },
    {
      command: "weighbridge scan hf:org/name@refs/pr/1",
      help: "a pull request on the Hub, without downloading its weights",
    },
    { command: "curl -sL URL | weighbridge scan -", help: "a download, before it is kept" },
  ],
  async run(given, terminal) {
    const trusted = given.value("verify");
    if (trusted !== undefined) {
      const { scanVerified } = await import("../scan/scan-verified.ts");
      return await scanVerified(given, terminal, scanCommand, trusted);
    }
    const { runScan } = await import("../scan/run-scan.ts");
    return await runScan(given, terminal);
  },
};
