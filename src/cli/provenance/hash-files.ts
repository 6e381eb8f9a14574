/** How this program hashes: many files share the cores where that pays off. */

import { hashHere } from "../../provenance/oms/hash-files.ts";
import type { HashFiles } from "../../provenance/oms/hash-files.ts";

export const hashFiles: HashFiles = (jobs, options) => hashHere(jobs, options);
