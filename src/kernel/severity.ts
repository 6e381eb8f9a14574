/** Severity: how much harm the thing that a finding describes can do. */

/** All severities, worst first. */
export const SEVERITIES = ["critical", "high", "medium", "low", "info"] as const;

export type Severity = (typeof SEVERITIES)[number];

/** How sure a rule is of what it says. */
export type Confidence = "high" | "medium" | "low";

/** When the thing that a finding describes bites. */
export type Trigger = "load" | "inference" | "render" | "convert" | "build";

/** Sorts worst first. */
export function compareSeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}
