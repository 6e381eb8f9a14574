import { describe, expect, it } from "vitest";

import { fileReport, reportOf } from "../../../test/builders/report.ts";
import { scanEvents } from "./scan-events.ts";

describe("scanEvents", () => {
  it("names what is no longer where it was scanned by what was written", () => {
    const sha256 = "ab".repeat(32);
    const report = reportOf([fileReport({ digests: { sha256 } })], {
      kind: "file",
      ref: "/gone/since/63",
    });

    expect(scanEvents(report).map(({ event }) => event.subject)).toEqual([
      { name: "63", files: 1, sha256 },
    ]);
  });
});
