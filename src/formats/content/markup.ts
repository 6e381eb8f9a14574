/** Documents that are text: XML and what is written in it, HTML, RTF, PostScript, Markdown such as model cards. */

import { certain, likely } from "./content-kind.ts";
import type { ContentKind } from "./content-kind.ts";

export function identifyMarkup(text: string): ContentKind | undefined {
  const start = text.slice(0, 4096).trimStart();
  if (start.startsWith("{\\rtf1")) {
    return certain("rtf", "a document (RTF)", "document");
  }
  if (start.startsWith("%!PS")) {
    return certain("postscript", "a PostScript program", "document");
  }
  if (!start.startsWith("<")) {
    return isMarkdown(text.slice(0, 16_384))
      ? likely("markdown", "a document (Markdown)", "document")
      : undefined;
  }
  // Beyond the declaration, comments and the document type stands the first element.
  const root = /<(?![?!])(?:[\w.-]+:)?([\w.-]+)/.exec(start)?.[1]?.toLowerCase();
  if (/^<!doctype html/i.test(start) || root === "html") {
    return certain("html", "a web page (HTML)", "document");
  }
  if (root === "svg") {
    return certain("svg", "a vector image (SVG)", "image");
  }
  if (root === "pmml") {
    return certain("pmml", "a PMML model", "model");
  }
  if (root === "net" && /<net [^>]*\bversion="1\d"/.test(start)) {
    return certain("openvino", "an OpenVINO network", "model");
  }
  if (/^<\?xml\b/.test(start)) {
    return certain("xml", "XML", "document");
  }
  const isClosed = root !== undefined && text.toLowerCase().includes(`</${root}>`);
  return isClosed ? likely("xml", "XML or HTML", "document") : undefined;
}

/** A front matter with something after it, or headings and what only Markdown has besides. */
function isMarkdown(text: string): boolean {
  if (/^---\r?\n[^]{0,8192}?\n---\r?\n[ \t\r\n]*\S/.test(text)) {
    return true;
  }
  const headings = text.match(/^#{1,6} \S/gm)?.length ?? 0;
  const marks = [/^```/m, /\]\(\S+\)/, /^[ \t]*[*-] \S/m, /\*\*\w/].filter((mark) =>
    mark.test(text),
  );
  return headings > 1 && marks.length > 1;
}
