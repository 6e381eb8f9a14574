/** The stream and its arrays, and what others would make of the arrays. */

import { Ledger } from "../../bytes/ledger.ts";
import type { RandomSource } from "../../kernel/source.ts";
import { PickleAnalysis } from "../../machines/pickle/analyze.ts";
import type { Observation } from "../../machines/pickle/observation.ts";
import type { ParseContext, Parsed, ParseIssue } from "../format.ts";
import { joblibOptions } from "../joblib-arrays.ts";
import type { InlineArrays } from "../joblib-arrays.ts";
import type { PickleModel } from "../pickle-streams.ts";
import {
  analysisOptions,
  behindDamage,
  globalFacts,
  nestedChildren,
  pickleModel,
  readStreams,
  streamIssues,
  trailingChild,
} from "../pickle-streams.ts";

export interface JoblibModel {
  readonly pickle: PickleModel;
  /** Number of arrays inside the stream. */
  readonly arrays: number;
  /** What a plain `pickle.load` would run out of the bytes of an array. */
  readonly hidden: readonly Observation[];
}

/** Reads a joblib file that is not compressed. */
export async function parseJoblib(
  source: RandomSource,
  context: ParseContext,
): Promise<Parsed<JoblibModel>> {
  const ledger = new Ledger(source.size);
  const base = analysisOptions(context);
  const { options, arrays } = joblibOptions(source, ledger, base);
  const result = readStreams(source, 0, ledger, options);
  const outer = pickleModel(result);
  const inner = arrays.nested.map((nested) => nested.findings);
  const uses = [result.analysis.findings, ...inner].flatMap(({ names }) => names.list());
  const nested = [result.analysis, ...arrays.nested].map((analysis) =>
    nestedChildren(analysis, context.governor),
  );
  return {
    model: {
      pickle: {
        ...outer,
        observations: [
          ...outer.observations,
          ...inner.flatMap(({ observations }) => observations.list()),
        ],
        divergences: [...outer.divergences, ...inner.flatMap(({ divergences }) => divergences)],
      },
      arrays: arrays.ranges.length + arrays.nested.length,
      hidden: hiddenIn(source, arrays, base),
    },
    issues: [
      ...result.issues,
      ...arrays.nested.flatMap((analysis) => streamIssues(analysis)),
      ...nested.flatMap(({ issues }) => issues),
      ...arrayIssue(arrays),
    ],
    ledger,
    children: [
      ...nested.flatMap(({ children }) => children),
      ...behindDamage(result.analysis, context.governor),
      ...(result.trailing === undefined ? [] : [trailingChild(source, result.trailing)]),
    ],
    facts: { pickle: { globals: globalFacts(uses) } },
    exports: { "pickle.uses": uses },
  };
}

function arrayIssue({ problem }: InlineArrays): ParseIssue[] {
  return problem === undefined
    ? []
    : [
        {
          kind: "damaged",
          message: `an array inside the stream is not valid: ${problem.detail}`,
          offset: problem.offset,
        },
      ];
}

/**
 * The reading of `pickle.load`, which takes the numbers for opcodes. It nearly always ends at once; what
 * matters is whether it gets as far as calling something dangerous.
 */
function hiddenIn(
  source: RandomSource,
  arrays: InlineArrays,
  options: ReturnType<typeof analysisOptions>,
): Observation[] {
  const first = arrays.ranges[0];
  if (first === undefined) {
    return [];
  }
  const { trace: _, ...quiet } = options;
  const plain = new PickleAnalysis(source, quiet);
  plain.add(0);
  return plain.findings.observations
    .list()
    .filter(({ kind, offset }) => kind === "dangerous-call" && offset >= first.start);
}
