/** JSON, whole or by its first 64 KiB, and the models that are written in it. RFC 8259; ndjson. */

import { certain, likely } from "./content-kind.ts";
import type { ContentKind } from "./content-kind.ts";

/** @param isWhole whether `text` is all there is. */
export function identifyJson(text: string, isWhole: boolean): ContentKind | undefined {
  if (!/^\s*[[{]/.test(text)) {
    return undefined;
  }
  const length = scanJson(text);
  if (length === "cut") {
    return isWhole ? undefined : kindOf(text, "likely");
  }
  if (length === undefined) {
    return undefined;
  }
  const rest = text.slice(length).trimStart();
  if (rest === "") {
    return kindOf(text, "certain");
  }
  return /^[[{]/.test(rest) && scanJson(rest) !== undefined
    ? likely("ndjson", "JSON values, one a line", "data")
    : undefined;
}

function kindOf(text: string, match: "certain" | "likely"): ContentKind {
  const make = match === "certain" ? certain : likely;
  // Keys of the outermost object stand near its start, whichever writer it was.
  const start = text.slice(0, 65_536);
  const has = (...keys: string[]): boolean => keys.every((key) => start.includes(`"${key}"`));
  if (has("learner") && (has("gradient_booster") || has("learner_model_param"))) {
    return make("xgboost-json", "an XGBoost model (JSON)", "model");
  }
  if (has("nbformat") || (has("cells") && has("cell_type", "metadata"))) {
    return make("notebook", "a Jupyter notebook", "document");
  }
  if (has("arg_nodes", "heads", "nodes")) {
    return make("mxnet-symbol", "an MXNet network (JSON)", "model");
  }
  if (has("modelTopology", "weightsManifest")) {
    return make("tfjs", "a TensorFlow.js model (JSON)", "model");
  }
  return make("json", "JSON", "data");
}

/**
 * Where the first JSON value ends; `cut` where the text ends before it, undefined where it is no JSON. Looks at each
 * character once and keeps only the open brackets.
 */
function scanJson(text: string): number | "cut" | undefined {
  const token =
    /\s*(?:([[{])|([\]}])|("(?:[^"\\\u0000-\u001f]|\\["\\/bfnrtu])*")|(-?\d[\d.eE+-]*|true|false|null|NaN|-?Infinity)|([,:]))/y;
  const open: string[] = [];
  let position = 0;
  let wantsValue = true;
  while (position < text.length) {
    token.lastIndex = position;
    const match = token.exec(text);
    if (match === null) {
      return isCutToken(text.slice(position)) ? "cut" : undefined;
    }
    position = token.lastIndex;
    const [, opening, closing, string, scalar, mark] = match;
    if (opening !== undefined && wantsValue) {
      open.push(opening);
    } else if (closing !== undefined && open.pop() === (closing === "]" ? "[" : "{")) {
      wantsValue = false;
    } else if ((string !== undefined || scalar !== undefined) && wantsValue) {
      wantsValue = false;
    } else if (mark !== undefined && !wantsValue) {
      wantsValue = true;
    } else {
      return undefined;
    }
    if (open.length === 0) {
      return position;
    }
  }
  return "cut";
}

/** A string, number or word that the end of the text cuts off. */
function isCutToken(rest: string): boolean {
  return /^\s*(?:"(?:[^"\\\u0000-\u001f]|\\.)*\\?|-?[\d.eE+-]*|[a-zA-Z]{0,8})$/.test(rest);
}
