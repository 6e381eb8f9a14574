/** Header, numbers or objects, and what follows. */

import { Ledger } from "../../bytes/ledger.ts";
import { readNpyHeader } from "../../codecs/npy/header.ts";
import type { NpyHeader } from "../../codecs/npy/header.ts";
import type { RandomSource } from "../../kernel/source.ts";
import type { Child, ParseContext, Parsed, ParseIssue } from "../format.ts";
import {
  analysisOptions,
  behindDamage,
  globalFacts,
  nestedChildren,
  pickleModel,
  readStreams,
  skipPadding,
  trailingChild,
} from "../pickle-streams.ts";
import type { PickleModel } from "../pickle-streams.ts";

export interface NumpyModel {
  readonly header: NpyHeader | undefined;
  /** Bytes that dtype and shape ask for. */
  readonly expected: number;
  readonly pickle: PickleModel;
  readonly size: number;
}

export const NO_STREAMS: PickleModel = {
  observations: [],
  divergences: [],
  streams: [],
  persistentIds: [],
  hidden: [],
  trailing: undefined,
};

/** Reads one array. */
export async function parseNpy(
  source: RandomSource,
  context: ParseContext,
): Promise<Parsed<NumpyModel>> {
  const ledger = new Ledger(source.size);
  const result = readNpyHeader(source);
  if (result.kind !== "header") {
    return {
      model: { header: undefined, expected: 0, pickle: NO_STREAMS, size: source.size },
      issues: [
        { kind: result.kind, message: `the npy header is not valid: ${result.detail}`, offset: 6 },
      ],
      ledger,
      children: [],
    };
  }
  const { header } = result;
  ledger.understood(0, header.dataStart);
  return header.dtype.hasObject
    ? parseObjects(source, header, ledger, context)
    : parseNumbers(source, header, ledger);
}

/** Numbers: exactly as many bytes as dtype and shape ask for. */
function parseNumbers(source: RandomSource, header: NpyHeader, ledger: Ledger): Parsed<NumpyModel> {
  const { dtype, shape, dataStart } = header;
  const expected = shape.reduce((product, length) => product * length, dtype.itemSize);
  const end = dataStart + expected;
  const issues: ParseIssue[] = [];
  const children: Child[] = [];
  ledger.inert(dataStart, Math.min(end, source.size));
  if (end > source.size) {
    issues.push({
      kind: "truncated",
      message: `the array needs ${expected} bytes and ${source.size - dataStart} are there`,
      offset: dataStart,
    });
  } else if (end < source.size) {
    children.push(trailingChild(source, end));
  }
  return {
    model: { header, expected, pickle: NO_STREAMS, size: source.size },
    issues,
    ledger,
    children,
  };
}

/** Objects: one pickle of the whole array. */
function parseObjects(
  source: RandomSource,
  header: NpyHeader,
  ledger: Ledger,
  context: ParseContext,
): Parsed<NumpyModel> {
  const result = readStreams(source, header.dataStart, ledger, analysisOptions(context));
  const nested = nestedChildren(result.analysis, context.governor);
  const children = [...nested.children, ...behindDamage(result.analysis, context.governor)];
  if (result.trailing !== undefined && skipPadding(source, result.trailing) < source.size) {
    children.push(trailingChild(source, result.trailing));
  }
  const uses = result.analysis.findings.names.list();
  return {
    model: { header, expected: 0, pickle: pickleModel(result), size: source.size },
    issues: [...result.issues, ...nested.issues],
    ledger,
    children,
    facts: { pickle: { globals: globalFacts(uses) } },
    exports: { "pickle.uses": uses },
  };
}
