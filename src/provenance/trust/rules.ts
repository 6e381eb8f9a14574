/** All rules of trust policies. */

import type { RuleInfo } from "../../kernel/rule.ts";
import * as model from "./model-rules.ts";
import * as policy from "./policy-rules.ts";

export const TRUST_RULES: readonly RuleInfo[] = [...Object.values(model), ...Object.values(policy)];
