/**
 * Content that no format reads: programs, archives, images, text, databases and models of other kinds, named by
 * what their bytes are. Nothing in it is understood, so it stays `unknown`; only an empty file is clean.
 */

import { invariant } from "../../kernel/errors.ts";
import { lazy } from "../../kernel/lazy.ts";
import { defineFormat } from "../format.ts";
import type { identifyContent } from "./identify.ts";
import { contentRules } from "./rules.ts";

const reader = lazy(() => import("./parse.ts"));
let identify: typeof identifyContent | undefined;

export const content = defineFormat({
  id: "content",
  title: "Content known by its signature",
  revision: 1,
  specification: [
    {
      title: "PRONOM, a registry of file formats",
      url: "https://www.nationalarchives.gov.uk/PRONOM/",
    },
  ],
  extensions: [],
  identifiesOnly: true,
  async prepare() {
    identify ??= (await import("./identify.ts")).identifyContent;
  },
  detect(head, tail, { size }) {
    invariant(identify !== undefined, "prepare comes before detect");
    return identify(head, tail, size)?.match ?? "none";
  },
  parse: async (source, context) => (await reader()).parseContent(source, context),
  rules: contentRules,
});
