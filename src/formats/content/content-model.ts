/** What rules see of content that is named and not understood. */

import type { Category } from "./content-kind.ts";

export interface ContentModel {
  readonly kind: string;
  readonly title: string;
  readonly category: Category | "unknown";
  /** How the parent passed it; `top` for a file of its own. */
  readonly role: string;
}
