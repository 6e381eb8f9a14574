/** What rules see of a template, or of a configuration that carries some. */

import type { Capability } from "../../machines/template/capability.ts";

export interface TemplateCapability extends Capability {
  /** In bytes. */
  readonly offset: number;
}

export interface TemplateModel {
  readonly capabilities: readonly TemplateCapability[];
}
