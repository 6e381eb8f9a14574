/** Listing and checking an archive of 20,000 members against Python's zipfile. */

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { openFile } from "../src/bytes/file-source.ts";
import { Governor } from "../src/bytes/governor.ts";
import { HeaderWindow } from "../src/bytes/header-window.ts";
import { chooseDirectories } from "../src/codecs/zip/choose-directories.ts";
import { findEndRecords } from "../src/codecs/zip/end-record.ts";
import { archiveRules } from "../src/formats/archive-rules.ts";
import { parseZipArchive } from "../src/formats/zip-archive.ts";
import { buildTorchZip, buildZip } from "../test/builders/zip.ts";
import type { Bench, BenchContext, Row } from "./bench.ts";
import { median, seconds } from "./measure.ts";

const MEMBERS = 20_000;
const TAIL = 66 * 1024;

const PYTHON = `
import statistics, sys, time, zipfile
def timed(work):
    times = []
    for _ in range(int(sys.argv[2]) + 1):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times[1:])
def read_all():
    with zipfile.ZipFile(sys.argv[1]) as archive:
        for info in archive.infolist():
            archive.read(info)
print(timed(lambda: zipfile.ZipFile(sys.argv[1]).close()), timed(read_all))
`;

/** Seconds of processor time of the median run; the first one does not count. */
async function timed(runs: number, work: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run <= runs; run += 1) {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    times.push((user + system) / 1e6);
  }
  return median(times.slice(1));
}

/** The directory alone, as Python's `ZipFile()` reads it. */
function list(path: string): void {
  const source = openFile(path, path);
  const window = new HeaderWindow(source);
  const records = findEndRecords(window, Math.max(0, source.size - TAIL), source.size);
  const { directories } = chooseDirectories(source, window, records, (entries) => entries);
  source.close();
  expectMembers(directories[0]?.found);
}

/** Both views of every member, and all rules. */
async function check(path: string): Promise<void> {
  const source = openFile(path, path);
  const { model } = await parseZipArchive(source, { governor: new Governor() });
  const context = { name: path, size: source.size, role: "top" };
  for (const rule of archiveRules) {
    for (const { message } of rule.evaluate(model, context)) throw new Error(message);
  }
  source.close();
  expectMembers(model.entries.length);
}

function expectMembers(count: number | undefined): void {
  if (count !== MEMBERS) throw new Error(`${count} members instead of ${MEMBERS}`);
}

async function rowsFor(what: string, path: string, { runs, python }: BenchContext): Promise<Row[]> {
  const [listing, checking] = [
    await timed(runs, () => list(path)),
    await timed(runs, () => check(path)),
  ];
  const { stdout, status } = spawnSync(python ?? "python3", [
    "-I",
    "-c",
    PYTHON,
    path,
    String(runs),
  ]);
  const theirs = status === 0 ? stdout.toString().trim().split(" ").map(Number) : [];
  const [opening, reading] = theirs;
  return [
    {
      work: `directory of ${what}`,
      measured: seconds(listing),
      reference: opening === undefined ? "no Python" : `ZipFile(): ${seconds(opening)}`,
      value: opening === undefined ? undefined : opening / listing,
      target: { kind: "at least", value: 5, unit: "x" },
    },
    {
      work: `both views and all rules of ${what}`,
      measured: seconds(checking),
      reference: reading === undefined ? "no Python" : `ZipFile.read() of all: ${seconds(reading)}`,
      value: reading === undefined ? undefined : checking / reading,
      target: { kind: "at most", value: 4, unit: "x" },
    },
  ];
}

export const zip: Bench = {
  name: "zip",
  async run(context) {
    const data = Buffer.alloc(100, "x");
    const names = Array.from({ length: MEMBERS }, (_, index) => `data/${index}`);
    const plain = join(context.folder, "plain.zip");
    writeFileSync(plain, buildZip(names.map((name) => ({ name, data }))));
    const torch = join(context.folder, "torch.pt");
    writeFileSync(
      torch,
      buildTorchZip(
        "archive",
        names.map((name) => ({ name, data })),
      ),
    );
    return [
      ...(await rowsFor("20,000 plain members", plain, context)),
      ...(await rowsFor("20,000 members as torch writes them", torch, context)),
    ];
  },
};
