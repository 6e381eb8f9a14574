/** Name and version of the program, as reports state them. */

import type { Report } from "../kernel/report.ts";

/** Held equal to `package.json` by a test. */
export const VERSION = "0.1.0";

/** Raised when any rule or table changes in a way that can change a verdict. */
export const RULESET = "2026.11.1";

export const TOOL: Report["tool"] = { name: "weighbridge", version: VERSION, ruleset: RULESET };
