/**
 * Files made to exhaust whoever reads them: the program ends, says so, and stays small. Peaks are those of the whole
 * process, the 100 MB that a small scan takes here included.
 */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { pickle } from "../builders/pickle.ts";
import { buildZip } from "../builders/zip.ts";
import { environment, main, root } from "./program.ts";

const MEBIBYTE = 1024 * 1024;

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "weighbridge-bounded-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly verdict: string;
  readonly rules: readonly string[];
  readonly issues: readonly string[];
  /** In MiB. */
  readonly peak: number;
}

interface ReportJson {
  readonly subjects: readonly { readonly verdict: string }[];
}

function scan(name: string, bytes: Uint8Array, ...options: readonly string[]): Outcome {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      "--require",
      join(root, "bench/usage.cjs"),
      main,
      "scan",
      path,
      "--format",
      "json",
      ...options,
    ],
    { env: environment, encoding: "utf8", maxBuffer: 64 * MEBIBYTE },
  );
  const words = (key: string): string[] => [
    ...new Set(
      Array.from(stdout.matchAll(new RegExp(`"${key}": "([^"]+)"`, "g")), ([, word]) => word ?? ""),
    ),
  ];
  const peak = Number(/usage \d+ (\d+)/.exec(stderr)?.[1]) / 1024;
  const report = JSON.parse(stdout) as ReportJson & {
    readonly subjects: readonly { readonly verdict: string }[];
  };
  return {
    verdict: report.subjects[0]?.verdict ?? "",
    rules: words("rule"),
    issues: words("kind"),
    peak,
  };
}

/** An archive in an archive in an archive, each with the same member ten times over. */
function nestedBomb(levels: number): Buffer {
  let data: Buffer = Buffer.alloc(16 * MEBIBYTE);
  let name = "zeros";
  for (let level = 0; level < levels; level += 1) {
    const members = Array.from({ length: 10 }, (_, index) => ({
      name: `${index}-${name}`,
      data,
      method: 8,
    }));
    data = buildZip(members);
    name = "inner.zip";
  }
  return data;
}

/** A few bytes that unfold to ten to the power of `levels` elements. */
function laughs(levels: number): Buffer {
  const stream = pickle().proto(4).value(["lol"]).memoize();
  for (let level = 0; level < levels; level += 1) {
    stream.op("POP").op("MARK");
    for (let copy = 0; copy < 10; copy += 1) {
      stream.get(level);
    }
    stream.op("LIST").memoize();
  }
  return stream.done();
}

describe("files that exhaust their readers", () => {
  it("archives in archives", () => {
    const limits = ["--limits", "outputBytes=256MB,outputRatio=1"];
    const { verdict, issues, peak } = scan("nested.zip", nestedBomb(4), ...limits);

    expect(verdict).toBe("incomplete");
    expect(issues).toContain("limit");
    expect(peak).toBeLessThan(400);
  });

  it("a thousand directory entries for one member", () => {
    const data = Buffer.alloc(4 * MEBIBYTE);
    const packed = deflateRawSync(data);
    const members = Array.from({ length: 1000 }, (_, index) => ({
      name: `${index}`,
      data,
      packed,
      method: 8,
      ...(index === 0 ? {} : { phantom: true, offset: 0 }),
    }));
    const { verdict, rules, peak } = scan("overlap.zip", buildZip(members));

    expect(verdict).toBe("suspicious");
    expect(rules).toContain("archive/overlap");
    expect(peak).toBeLessThan(400);
  });

  it("a hundred bytes that unfold to ten billion elements", () => {
    const { verdict, rules, peak } = scan("laughs.pkl", laughs(10));

    expect(verdict).toBe("suspicious");
    expect(rules).toContain("pickle/expansion");
    expect(peak).toBeLessThan(200);
  });

  it("300,000 levels of nesting", () => {
    const bytes = Buffer.concat([
      Buffer.from("\u0080\u0004N", "latin1"),
      Buffer.alloc(300_000, 0x85),
      Buffer.from("."),
    ]);
    const { verdict, peak } = scan("deep.pkl", bytes);

    expect(verdict).toBe("clean");
    expect(peak).toBeLessThan(200);
  });

  it("an opcode of 12 MB", () => {
    const bytes = pickle().proto(4).value(Buffer.alloc(12_000_000, "A")).done();
    const { verdict, peak } = scan("long.pkl", bytes);

    expect(verdict).toBe("clean");
    expect(peak).toBeLessThan(250);
  });

  it("three million opcodes that do nothing, before a payload", () => {
    const bytes = Buffer.concat([
      Buffer.from("N0".repeat(1_500_000)),
      pickle().call("os", "system", "touch wb_canary").done(),
    ]);
    const { verdict, rules, peak } = scan("idle.pkl", bytes);

    expect(verdict).toBe("malicious");
    expect(rules).toContain("pickle/dangerous-call");
    expect(peak).toBeLessThan(200);
  });

  it("more values alive than memory has room for", () => {
    const bytes = Buffer.concat([
      pickle().proto(2).call("collections", "OrderedDict").bytes(),
      Buffer.alloc(24_000_000, "]"),
      Buffer.from("."),
    ]);
    const { verdict, issues, peak } = scan("lists.pkl", bytes);

    expect(verdict).toBe("incomplete");
    expect(issues).toContain("limit");
    expect(peak).toBeLessThan(1200);
  });

  it("results that hold on to one another", () => {
    const bytes = Buffer.concat([
      pickle().proto(2).call("mycompany.models", "make").bytes(),
      Buffer.from(")R".repeat(2_000_000)),
      Buffer.from("."),
    ]);
    const { verdict, rules, peak } = scan("chain.pkl", bytes);

    expect(verdict).toBe("suspicious");
    expect(rules).toContain("pickle/computed-call");
    expect(peak).toBeLessThan(200);
  });

  it("claims of half a terabyte and more", () => {
    const claim = Buffer.from([
      0x80, 4, 0x4e, 0x4e, 0x4e, 0x8e, 0, 0, 0, 0, 0x80, 0, 0, 0, 0x4e, 0x2e,
    ]);
    const npy = Buffer.concat([
      Buffer.from("\u0093NUMPY\u0001\u0000\u0076\u0000", "latin1"),
      Buffer.from(
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776,), }".padEnd(117) + "\n",
      ),
    ]);
    for (const [name, bytes, expected] of [
      ["claim.pkl", claim, "suspicious"],
      ["claim.npy", npy, "incomplete"],
    ] as const) {
      const { verdict, issues, peak } = scan(name, bytes);
      expect(verdict).toBe(expected);
      expect(issues).toContain("truncated");
      expect(peak).toBeLessThan(200);
    }
  });
});
