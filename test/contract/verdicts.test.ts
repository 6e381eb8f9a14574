/** What every format keeps on whole files: its samples are its own, and the same bytes give the same report. */

import { describe, expect, it } from "vitest";

import { MemorySource } from "../../src/bytes/memory-source.ts";
import { FORMATS } from "../../src/formats/registry.ts";
import { rulesOf, scanBytes } from "../scan-bytes.ts";
import { check } from "./check.ts";
import { SAMPLES } from "./samples.ts";
import type { Sample } from "./sample.ts";

/** They name what nobody reads, list code that nobody vouches for, or stand for what is not there. */
const NEVER_CLEAN = new Set(["lfs-pointer", "torchscript"]);

describe.each(FORMATS.map((format) => ({ id: format.id, format })))("$id", ({ id, format }) => {
  const samples = SAMPLES.filter((sample) => sample.format === id);

  it("has a sound sample and an unsound one", () => {
    expect(samples.some(({ verdict }) => verdict === "clean")).toBe(!NEVER_CLEAN.has(id));
    expect(samples.some(({ verdict }) => verdict !== "clean")).toBe(true);
  });

  it.each(samples)(
    "judges $name, and the same again",
    async ({ bytes, name, verdict, fires = [] }) => {
      const report = await scanBytes(bytes, name);
      expect(report.verdict, JSON.stringify(report.findings.map(({ message }) => message))).toBe(
        verdict,
      );
      expect(report.readings.map((reading) => reading.format)).toContain(id);
      expect(rulesOf(report)).toEqual(expect.arrayContaining([...fires]));
      expect(await scanBytes(bytes, name)).toEqual(report);
    },
  );

  it.each(samples)(
    "reads $name through windows and without its extension",
    async ({ bytes, name, verdict }) => {
      const { report, problem } = await check(bytes, name.slice(0, name.lastIndexOf(".")));
      expect(problem).toBeUndefined();
      expect(report.verdict).toBe(verdict);
    },
  );

  it("does not claim what belongs to others", async () => {
    for (const sample of SAMPLES) {
      if (sample.format !== id && sample.also?.includes(id) !== true && !isRelated(sample)) {
        expect(["none", "possible"], sample.name).toContain(await detect(sample));
      }
    }
  });

  it("stops when it is told to", async () => {
    for (const { bytes, name } of samples) {
      await expect(check(bytes, name, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: "ABORTED",
      });
    }
  });

  async function detect({ bytes, name }: Sample): Promise<string> {
    const source = new MemorySource(bytes, name);
    const head = source.bytes.subarray(0, 65_536);
    const tail = source.bytes.subarray(Math.max(0, bytes.length - 67_584));
    return await format.detect(head, tail, { name, size: bytes.length });
  }

  /** Whether one of the two is a special case of the other, or only names what nobody understands. */
  function isRelated(sample: Sample): boolean {
    const refined = (from: string): readonly string[] => {
      const { refines } = FORMATS.find((candidate) => candidate.id === from) ?? {};
      return refines === undefined ? [] : [refines, ...refined(refines)];
    };
    return (
      format.identifiesOnly === true ||
      refined(id).includes(sample.format) ||
      refined(sample.format).includes(id)
    );
  }
});
