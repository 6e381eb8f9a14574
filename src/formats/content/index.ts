/**
 * Content that no format reads: programs, archives, images, text, databases and models of other kinds, named by
 * what their bytes are. Nothing in it is understood, so it stays `unknown`; only an empty file is clean.
 */

import { lazy } from "../../kernel/lazy.ts";
import { defineFormat } from "../format.ts";
import { contentRules } from "./rules.ts";

const reader = lazy(() => import("./parse.ts"));
const signatures = lazy(() => import("./identify.ts"));

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
  async detect(head, tail, { size }) {
    const { identifyContent } = await signatures();
    return identifyContent(head, tail, size)?.match ?? "none";
  },
  parse: async (source, context) => (await reader()).parseContent(source, context),
  rules: contentRules,
});
