import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

import { recordingTerminal } from "../../test/builders/terminal.ts";
// Commands load it when they need it; the first test's clock should not count that.
import "../scan/scanner.ts";
import { attestGroup } from "./commands/attest.ts";
import { datasetGroup } from "./commands/dataset.ts";
import { lineageGroup } from "./commands/lineage.ts";
import { logCommands } from "./commands/log.ts";
import { run } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "weighbridge-test-"));
const file = join(folder, "a.pkl");
writeFileSync(file, "\u0080\u0004].", "latin1");

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function outcome(...args: string[]) {
  const terminal = recordingTerminal();
  const code = await run(args, terminal);
  return { code, stdout: terminal.stdout, stderr: terminal.stderr };
}

const COMMANDS = [
  "scan",
  "verify",
  "sign",
  "digest",
  "keygen",
  "log",
  "history",
  "explain",
  "formats",
  "demo",
];

describe("run", () => {
  it("shows help, for itself and for each command", async () => {
    const { code, stdout, stderr } = await outcome("--help");

    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/scan .*\n(?:.*\n)*.*explain .*\n.*formats .*\n.*demo /);
    for (const name of COMMANDS) {
      const help = await outcome(name, "--help");
      expect(help.stdout).toContain(`Usage: weighbridge ${name}`);
      expect(await outcome("help", name)).toEqual(help);
    }
  });

  it("keeps every line of help within 100 columns", async () => {
    const words = ["--help", ...COMMANDS];
    const groups = [logCommands, attestGroup, datasetGroup, lineageGroup];
    const below = groups.flatMap(({ name: group, commands }) =>
      Object.keys(commands).map((name) => [group, name]),
    );
    for (const name of [...words.map((word) => [word]), ...below]) {
      const { stdout } = await outcome("help", ...name);
      expect(stdout).toContain("Usage: weighbridge");
      expect(stdout.split("\n").filter((line) => line.length > 100)).toEqual([]);
    }
  });

  it.each([
    [[], /^weighbridge: weighs/],
    [["scna"], /^weighbridge: there is no command scna; did you mean scan\?\n/],
    [["help", "scna"], /^weighbridge: there is no command scna; did you mean scan\?\n/],
    [["--hlep"], /^weighbridge: there is no option --hlep; did you mean --help\?\n/],
    [["constructor"], /^weighbridge: there is no command constructor\n/],
    [["\u001b[2J"], /^weighbridge: there is no command \\x1b\[2J\n/],
    [[file], /^weighbridge: \S+ is no command; to scan it: weighbridge scan \S+a\.pkl\n/],
    [["scan"], /^weighbridge: scan needs a target/],
    [["scan", file, "--formt", "json"], /no option --formt; did you mean --format\?\n/],
    [
      ["scan", file, "--format", "jsn"],
      /--format is terminal, json, sarif or markdown, and not jsn; did you mean json\?/,
    ],
    [
      ["scan", file, "--fail-on", "clean"],
      /--fail-on is malicious, suspicious, incomplete or unknown, and/,
    ],
    [["scan", file, "--color", "yes"], /--color is auto, always or never, and not yes/],
    [["scan", file, "--jobs", "0"], /--jobs is a number from 1 to 256, and not 0/],
    [["scan", file, "--jobs", "1.5"], /--jobs is a number from 1 to 256, and not 1\.5/],
    [["scan", file, "--limits", "dept=3"], /--limits has no limit dept; did you mean depth\?/],
    [["scan", file, "--include", "a["], /the pattern a\[ opens a \[/],
    [["scan", file, "--include", "*.pt"], /: nothing to scan\n/],
    [["scan", file, "-q", "-v"], /--quiet and --verbose exclude each other/],
    [["scan", "-", "-"], /standard input can be scanned once/],
    [["scan", file, "--config", "no.yaml"], /the configuration no\.yaml: there is no such file/],
    [["explain", "pickle/dangerous-cal"], /did you mean pickle\/dangerous-call\?/],
    [["demo", "a", "b"], /demo takes one folder/],
    [["demo", folder], /is not empty, and demo overwrites nothing/],
  ])("answers %j with a sentence and 2", async (args, sentence) => {
    const { code, stdout, stderr } = await outcome(...args);

    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(sentence);
  });

  it("explains a rule, a family, all of them, and the states that no rule is about", async () => {
    const page = await outcome("explain", "pickle/dangerous-call");

    expect([page.code, page.stderr]).toEqual([0, ""]);
    expect(page.stdout).toMatch(/^pickle\/dangerous-call\n.*\n\nseverity +critical\n/);
    expect(page.stdout).toContain("CWE-502");
    expect((await outcome("explain", "tree")).stdout).toMatch(
      /^tree\/left-out .*\ntree\/link-escape .*\n$/,
    );
    expect((await outcome("explain")).stdout.split("\n").length).toBeGreaterThan(20);
    expect((await outcome("explain", "truncated")).stdout).toContain("ends before");
  });

  it("lists formats, with their specifications on request", async () => {
    expect((await outcome("formats")).stdout).toMatch(/^pickle +.*\.pkl/m);
    expect((await outcome("formats", "--verbose")).stdout).toMatch(/^ {2}https:\/\//m);
  });
});
