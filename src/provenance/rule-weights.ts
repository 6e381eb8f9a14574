/** What rules about signatures and claims weigh, whatever they find. */

/** It does not hold: the model is not what somebody vouched for, or nobody knows. */
export const FAILURE = {
  severity: "high",
  confidence: "high",
  trigger: "load",
  implies: "suspicious",
} as const;

/** What is told and fails nothing. */
export const NOTE = {
  severity: "info",
  confidence: "high",
  trigger: "load",
  implies: "none",
} as const;
