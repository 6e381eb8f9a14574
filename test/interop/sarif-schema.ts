/**
 * What the program writes for every sample, against the official schema of SARIF 2.1.0, whose file the variable
 * SARIF_SCHEMA names: it is not part of any well-kept package, and the network is no part of a test.
 */

import { existsSync, readFileSync } from "node:fs";
import { Ajv } from "ajv";

import type { Report } from "../../src/kernel/report.ts";
import { writeSarifReport } from "../../src/reporters/sarif/sarif-report.ts";
import { ruleCatalogue } from "../../src/reporters/catalogue.ts";
import { STATES } from "../../src/scan/states.ts";
import { fileReport, finding, reportOf, suppressedReport } from "../builders/report.ts";
import { SAMPLES } from "../contract/samples.ts";
import { scanBytes } from "../scan-bytes.ts";

function sarif(report: Report, interrupted: boolean): unknown {
  const parts: string[] = [];
  const rules = [...ruleCatalogue(), ...STATES];
  writeSarifReport(report, { rules, exitCode: 1, interrupted, write: (part) => parts.push(part) });
  return JSON.parse(parts.join(""));
}

/** The schema is of draft 4 or 7 by its edition; what it uses of draft 4 is the same in 7 but for the id. */
function compile(path: string) {
  const {
    id: _id,
    $schema: _schema,
    ...schema
  } = JSON.parse(readFileSync(path, "utf8")) as {
    id?: string;
    $schema?: string;
  };
  return new Ajv({
    strict: false,
    allErrors: true,
    validateFormats: false,
    unicodeRegExp: false,
  }).compile(schema);
}

async function main(): Promise<number> {
  const path = process.env["SARIF_SCHEMA"];
  if (path === undefined || !existsSync(path)) {
    return 77;
  }
  const validate = compile(path);
  const files = [];
  for (const { name, bytes } of SAMPLES) {
    files.push(await scanBytes(bytes, name));
    files.push(await scanBytes(bytes.subarray(0, bytes.length >> 1), `cut ${name}`));
  }
  const reports = [
    reportOf([]),
    suppressedReport(),
    reportOf([fileReport({ digests: {} })], { findings: [finding()], notRun: ["tree/a"] }),
    reportOf(files),
    reportOf(files, { kind: "folder", ref: "/srv/models" }),
  ];
  let wrong = 0;
  for (const [index, report] of reports.entries()) {
    if (!validate(sarif(report, index % 2 === 1))) {
      wrong += 1;
      console.log(JSON.stringify(validate.errors?.slice(0, 5), undefined, 2));
    }
  }
  console.log(`${reports.length} logs of ${files.length} files, ${wrong} of them invalid`);
  return wrong === 0 ? 0 : 1;
}

process.exitCode = await main();
