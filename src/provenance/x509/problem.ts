/** What was wrong with a certificate or a path, once: a rule of `rules.ts`, a sentence, and which certificate. */

import type { RuleInfo } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import type { Certificate } from "./certificate.ts";

export interface CertificateProblem {
  /** `x509/expired`. */
  readonly rule: string;
  /** One sentence without a period; safe to show. */
  readonly message: string;
  readonly certificate?: Certificate;
}

export function problemOf(
  rule: RuleInfo,
  message: string,
  certificate?: Certificate,
): CertificateProblem {
  return certificate === undefined
    ? { rule: rule.id, message }
    : { rule: rule.id, message, certificate };
}

/** A certificate in a sentence: `"CN=Release,O=Example"`. */
export function nameOf({ subject, serial }: Certificate): string {
  return subject.attributes.length === 0 ? `with serial number ${serial}` : quote(subject.text);
}
