/** The methods of 7z archives (Methods.txt of 7-Zip): which are read here, and how all are called. */

import type { SevenZipCoder, SevenZipFolder } from "../../codecs/sevenzip/sevenzip-archive.ts";

export const METHOD = {
  copy: "00",
  delta: "03",
  x86: "04",
  lzma2: "21",
  lzma: "030101",
  x86Old: "03030103",
  deflate: "040108",
  bzip2: "040202",
  zstd: "04f71101",
  aes: "06f10701",
} as const;

/** What libarchive unpacks beside those: PPMd, BCJ2, and the filters for other processors. */
const LIBRARY: readonly string[] = [
  "030401",
  "0303011b",
  "03030205",
  "03030401",
  "03030501",
  "03030701",
  "03030805",
  "0a",
];

const NAMES: Readonly<Record<string, string>> = {
  "040109": "DEFLATE64",
  "04f71102": "Brotli",
  "04f71104": "LZ4",
  [METHOD.aes]: "AES",
};

const FILTERS: readonly string[] = [METHOD.delta, METHOD.x86, METHOD.x86Old];
const READ: readonly string[] = Object.values(METHOD).filter((method) => method !== METHOD.aes);

export type FolderPlan =
  /** One decoder, then filters; each with the size that comes out of it. */
  | { readonly kind: "chain"; readonly steps: readonly PlanStep[] }
  /** Left to the library, which goes through the archive as a whole. */
  | { readonly kind: "library" }
  | { readonly kind: "encrypted" }
  | { readonly kind: "unsupported"; readonly methods: string };

export interface PlanStep {
  readonly coder: SevenZipCoder;
  readonly size: number;
}

/** How the content of a folder is to be decoded. */
export function planFolder(folder: SevenZipFolder): FolderPlan {
  const { coders } = folder;
  if (coders.some(({ method }) => method === METHOD.aes)) {
    return { kind: "encrypted" };
  }
  const steps = stepsOf(folder);
  const isChain =
    steps.length === coders.length &&
    steps.every(
      ({ coder }, index) =>
        READ.includes(coder.method) && (index === 0 || FILTERS.includes(coder.method)),
    );
  if (isChain) {
    return { kind: "chain", steps };
  }
  const isKnown = coders.every(({ method }) => READ.includes(method) || LIBRARY.includes(method));
  return isKnown ? { kind: "library" } : { kind: "unsupported", methods: unreadMethods(coders) };
}

/** The coders in the order of the data, where each has one input and one output. */
function stepsOf({ coders, bonds, packedInputs, unpackSizes }: SevenZipFolder): PlanStep[] {
  const isSimple = coders.every(({ inputs, outputs }) => inputs === 1 && outputs === 1);
  const steps: PlanStep[] = [];
  let at = isSimple && packedInputs.length === 1 ? packedInputs[0] : undefined;
  while (at !== undefined && steps.length < coders.length) {
    const coder = coders[at];
    if (coder === undefined) {
      return [];
    }
    steps.push({ coder, size: unpackSizes[at] ?? 0 });
    const from = at;
    at = bonds.find(({ output }) => output === from)?.input;
  }
  return steps;
}

function unreadMethods(coders: readonly SevenZipCoder[]): string {
  const unread = coders.filter(({ method }) => !READ.includes(method) && !LIBRARY.includes(method));
  const named = unread.map(({ method }) => NAMES[method] ?? `method ${method}`);
  return [...new Set(named)].join(" and ");
}
