/** Entries in their one form, and the links between those about one model. */

import { describe, expect, it } from "vitest";

import { MemoryLog } from "../../../test/builders/memory-log.ts";
import { appendEvents, evidencePath, keepEvidence } from "./append-event.ts";
import type { LogEvent } from "./append-event.ts";
import { auditLog } from "./audit.ts";
import { canonicalJson } from "./canonical-json.ts";
import { decodeEntry, encodeEntry, problemOf } from "./entry.ts";
import type { LogEntry } from "./entry.ts";
import { history } from "./history.ts";
import type { HistoryItem } from "./history.ts";
import { initLog } from "./init-log.ts";
import { withLog } from "./open-log.ts";
import { signerFromSeed } from "./signer-key.ts";
import { decodeBundle, encodeBundle } from "./entry-bundle.ts";
import { parseTilePath, tilePath } from "./tile-path.ts";

const TIME = "2026-11-21T12:00:00.000Z";
const ENTRY: LogEntry = { v: 1, type: "scanned", time: TIME, subject: { name: "acme/m" } };

describe("canonical JSON", () => {
  it("is that of RFC 8785", () => {
    // The example of section 3.2.3, and numbers of appendix B.
    const members = {
      "\u20ac": "Euro Sign",
      "\r": "Carriage Return",
      "\ufb33": "Hebrew Letter Dalet With Dagesh",
      "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face",
      "\u0080": "Control",
      "\u00f6": "Latin Small Letter O With Diaeresis",
    };
    const order = [...canonicalJson(members).matchAll(/"([^"]*)"(?=[,}])/g)].map(
      ([, text]) => text,
    );
    expect(order).toEqual([
      "Carriage Return",
      "One",
      "Control",
      "Latin Small Letter O With Diaeresis",
      "Euro Sign",
      "Emoji: Grinning Face",
      "Hebrew Letter Dalet With Dagesh",
    ]);
    expect(
      canonicalJson([JSON.parse("333333333.33333329"), 1e30, 4.5, 2e-3, 1e-27, -0, null, true]),
    ).toBe("[333333333.3333333,1e+30,4.5,0.002,1e-27,0,null,true]");
    expect(canonicalJson('\u20ac$\u000f\nA\'B"\\\\"/')).toBe(
      '"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"',
    );
  });

  it("is refused where there is none", () => {
    for (const value of ["\ud800", Number.NaN, Number.POSITIVE_INFINITY, 1n, { a: () => 1 }]) {
      expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: "LOG_INVALID" }));
    }
    let deep: unknown = 1;
    for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
    expect(() => canonicalJson(deep)).toThrow(/nested too deeply/);
  });
});

describe("an entry", () => {
  it("comes back as it was, whatever the order of its members", () => {
    const { subject, time, type } = ENTRY;
    const bytes = encodeEntry({ subject, time, type, v: 1 });
    expect(bytes.equals(encodeEntry(ENTRY))).toBe(true);
    expect(decodeEntry(bytes)).toEqual(ENTRY);
  });

  it.each([
    [[], "no JSON object"],
    [{}, 'has no "v"'],
    [{ ...ENTRY, v: 2 }, 'its "v"'],
    [{ ...ENTRY, type: "scaned" }, 'its "type"'],
    [{ ...ENTRY, time: "2026-11-21" }, 'its "time"'],
    [{ ...ENTRY, subject: {} }, 'its "subject"'],
    [{ ...ENTRY, subject: { name: "a", other: 1 } }, 'its "subject"'],
    [{ ...ENTRY, subject: { name: "a", sha256: "AB" } }, 'its "subject"'],
    [{ ...ENTRY, evidence: [{ sha256: "ab".repeat(32) }] }, 'its "evidence"'],
    [{ ...ENTRY, actor: { kind: "user" } }, 'its "actor"'],
    [{ ...ENTRY, result: { a: {} } }, 'its "result"'],
    [{ ...ENTRY, prev: -1 }, 'its "prev"'],
    [{ ...ENTRY, more: 1 }, 'no member "more"'],
    [JSON.parse('{"__proto__":1}'), 'has no "v"'],
  ])("is not %j", (value, why) => {
    expect(problemOf(value)).toContain(why);
  });

  it("is not longer than a bundle has room for", () => {
    const evidence = Array.from({ length: 800 }, () => ({ sha256: "ab".repeat(32), size: 1 }));
    expect(() => encodeEntry({ ...ENTRY, evidence })).toThrow(/and a log takes 65535/);
    expect(decodeEntry(Buffer.from("not JSON"))).toBeUndefined();
  });
});

describe("bundles and tiles", () => {
  it("hold entries of any length", () => {
    const entries = [Buffer.alloc(0), Buffer.alloc(65_535, 1), Buffer.from("a")];
    expect(decodeBundle(encodeBundle(entries), 3)).toEqual(entries);
    expect(decodeBundle(encodeBundle(entries), 2)).toHaveLength(2);
    expect(decodeBundle(encodeBundle(entries), 4)).toBeUndefined();
    expect(decodeBundle(encodeBundle(entries).subarray(0, -1), 2)).toBeUndefined();
    expect(decodeBundle(Buffer.from([0]), 0)).toBeUndefined();
  });

  it("have one name each", () => {
    for (const path of ["tile/0/000", "tile/63/x001/x234/067.p/255", "tile/entries/x001/000.p/1"]) {
      expect(tilePath(parseTilePath(path)!)).toBe(path);
    }
    expect(tilePath({ level: 0, index: 1_234_067, width: 256 })).toBe("tile/0/x001/x234/067");
    for (const path of ["tile/0/x000/000", "tile/0/001.p/256", "tile/0/1", "tile/-1/000", "x"]) {
      expect(parseTilePath(path), path).toBeUndefined();
    }
  });
});

describe("events", () => {
  async function made(events: readonly LogEvent[][]) {
    const log = new MemoryLog();
    await initLog(log, signerFromSeed("example.org/log", Buffer.alloc(32, 1)));
    for (const each of events) {
      await withLog(log, (open) => appendEvents(open, each, TIME));
    }
    return log;
  }

  async function historyOf(log: MemoryLog, name: string): Promise<HistoryItem[]> {
    return await withLog(log, async ({ tree, checkpoint }) => {
      const items: HistoryItem[] = [];
      for await (const item of history(tree, checkpoint, (s) => s.name === name)) items.push(item);
      return items;
    });
  }

  const about = (name: string): LogEvent => ({ type: "scanned", subject: { name } });

  it("are linked to the one before about the same subject, within a batch and across", async () => {
    const log = await made([[about("a"), about("b"), about("a")], [about("b")], [about("a")]]);
    const items = await historyOf(log, "a");
    expect(items.map(({ index, entry, linked }) => [index, entry.prev, linked])).toEqual([
      [4, 2, true],
      [2, 0, true],
      [0, undefined, true],
    ]);
  });

  it("that links leave out are shown as such", async () => {
    const log = await made([[about("a")]]);
    const hidden = encodeEntry({ ...ENTRY, subject: { name: "a" } });
    await withLog(log, (open) => open.append([hidden]));
    const last = encodeEntry({ ...ENTRY, subject: { name: "a" }, prev: 0 });
    await withLog(log, (open) => open.append([Buffer.from("not ours"), last]));
    const items = await historyOf(log, "a");
    expect(items.map(({ index, linked }) => [index, linked])).toEqual([
      [3, true],
      [1, false],
      [0, true],
    ]);
  });

  it("keep their evidence beside the log, where an audit finds it changed and misses nothing gone", async () => {
    const log = await made([]);
    const ref = await withLog(log, async (open) => {
      const kept = await keepEvidence(open, { bytes: Buffer.from("report") });
      await appendEvents(open, [{ ...about("a"), evidence: [kept] }], TIME);
      return kept;
    });
    const audit = async () => {
      const { checkpoint } = await withLog(log, (open) => Promise.resolve(open));
      return await auditLog(log, checkpoint);
    };
    expect(await audit()).toMatchObject({ problems: [], evidence: { named: 1, present: 1 } });
    const path = evidencePath(ref.sha256);
    log.lasting.set(path, Buffer.from("another"));
    expect(await audit()).toMatchObject({ problems: [{ path }] });
    log.lasting.delete(path);
    expect(await audit()).toMatchObject({ problems: [], evidence: { named: 1, present: 0 } });
  });

  it("are refused as a whole before anything is written", async () => {
    const log = await made([[about("a")]]);
    const before = log.copy();
    const bad = { ...about("a"), type: "nothing" } as unknown as LogEvent;
    await expect(
      withLog(log, (open) => appendEvents(open, [about("b"), bad], TIME)),
    ).rejects.toThrow(/its "type"/);
    expect(log.copy()).toEqual(before);
  });
});
