import { describe, expect, it } from "vitest";

import { recordingTerminal } from "../../../test/builders/terminal.ts";
import { progressLine } from "./progress-line.ts";

function setUp(columns = 100) {
  const terminal = recordingTerminal(true, columns);
  const clock = { time: 0 };
  const progress = progressLine(terminal.err, () => clock.time);
  return { terminal, clock, progress };
}

/** What a terminal shows in the end. */
function visible(text: string): string {
  return text.slice(text.lastIndexOf("\r") + 1).replace("\u001b[K", "");
}

describe("progressLine", () => {
  it("is silent for half a second", () => {
    const { terminal, clock, progress } = setUp();
    progress.plan(1, 1000);
    clock.time = 499;
    progress.advance("a", 500);
    progress.clear();

    expect(terminal.stderr).toBe("");
  });

  it("shows bytes, rate and time left", () => {
    const { terminal, clock, progress } = setUp();
    progress.plan(1, 4e9);
    clock.time = 2000;
    progress.advance("big.pt", 1e9);

    expect(visible(terminal.stderr)).toBe("1.0 GB of 4.0 GB, 500 MB/s, 6.0 s left  big.pt");
  });

  it("counts files, and forecasts by them where sizes are not known", () => {
    const { terminal, clock, progress } = setUp();
    progress.plan(2000, 0);
    for (let index = 0; index < 500; index += 1) {
      progress.finished(`f${index}`, 1000);
    }
    clock.time = 2000;
    progress.advance("x", 0);

    expect(visible(terminal.stderr)).toBe("500 of 2,000 files, 500 kB, 250 kB/s, 6.0 s left  x");
  });

  it("counts a file once, whether it is open or done", () => {
    const { terminal, clock, progress } = setUp();
    progress.plan(2, 4000);
    progress.advance("a", 900);
    progress.finished("a", 1000);
    progress.advance("a", 1000);
    progress.advance("b", 500);
    clock.time = 600;
    progress.advance("b", 1000);

    expect(visible(terminal.stderr)).toMatch(/^1 of 2 files, 2\.0 kB of 4\.0 kB/);
  });

  it("changes ten times a second at most", () => {
    const { terminal, clock, progress } = setUp();
    for (let time = 0; time <= 1500; time += 1) {
      clock.time = time;
      progress.advance("a", time);
    }

    expect(terminal.stderr.match(/\r/g)).toHaveLength(11);
  });

  it("goes away without a trace, once", () => {
    const { terminal, clock, progress } = setUp();
    clock.time = 600;
    progress.advance("a", 1);
    const before = terminal.stderr.length;
    progress.clear();
    progress.clear();

    expect(terminal.stderr.slice(before)).toBe("\r\u001b[K");
  });

  it("never wraps, and lets no file name move the cursor", () => {
    const { terminal, clock, progress } = setUp(40);
    clock.time = 600;
    progress.advance(`\u001b[2J\n${"模".repeat(50)}`, 1);
    const line = visible(terminal.stderr);

    expect(line).not.toMatch(/[\u0000-\u001f]/);
    expect(line.endsWith("…")).toBe(true);
    expect(line.length).toBeLessThan(40);
  });
});
