/**
 * Looks over TorchScript source as torch prints it: classes, functions and calls of operators, in Python's
 * syntax. It is not parsed: what is looked for are lines that torch never prints, and operators that reach
 * outside of the model. Strings are taken out first.
 */

/** Where something was seen. */
export interface CodeRemark {
  readonly kind: "foreign" | "file-operation" | "custom-operator";
  /** The words themselves. */
  readonly text: string;
  readonly line: number;
}

/** Versions before 1.4 import from the archive itself. */
const IMPORT = /^\s*(?:import|from)\s+(?!__torch__\b)[\w.]+/;
const PYTHON =
  /(?<![\w.])(?:(?:eval|exec|compile|open|__import__|globals|vars|breakpoint)\s*\(|os\.(?:system|popen|exec\w*|spawn\w*|environ|remove|unlink|open)|sys\.(?:modules|path|argv)|(?:subprocess|shutil|socket|ctypes|builtins)\.\w+)/;
/** `^Name(…)` is a call into the Python that runs the model. */
const PYTHON_OPERATOR = /(?:^|[=(,[]|return)\s*\^\w+/;
const FILES = /(?<![\w.])(?:torch|ops\.aten)\.(?:from_file|save|load|_save|_load)\s*\(/;
const OPERATOR = /(?<![\w.])(?:ops|torch\.ops)\.([A-Za-z_]\w*)\.\w+/g;
const CLASS = /(?<![\w.])__torch__\.torch\.classes\.([A-Za-z_]\w*)\.\w+/g;

/** Namespaces of operators and classes that come with torch, torchvision and torchaudio. */
const NAMESPACES: ReadonlySet<string> = new Set([
  "_caffe2",
  "_nnapi",
  "_test",
  "aten",
  "c10d",
  "cuda",
  "cudnn",
  "fb",
  "image",
  "inductor",
  "metal",
  "metal_prepack",
  "mkl",
  "mkldnn",
  "mkldnn_prepacked",
  "mobile",
  "onednn",
  "onnx",
  "prepacked",
  "prim",
  "prims",
  "profiler",
  "quantized",
  "quantized_decomposed",
  "rngprims",
  "rnn",
  "sparse",
  "static_runtime",
  "tensorexpr",
  "tensorrt",
  "torchaudio",
  "torchvision",
  "vulkan",
  "vulkan_prepack",
  "xnnpack",
]);

/** Longest line that is looked at; torch breaks them at a fraction of it. */
const LONGEST_LINE = 65_536;

/** Everything remarkable in one source file, each thing once. */
export function readCode(source: string): CodeRemark[] {
  const remarks = new Map<string, CodeRemark>();
  const add = (kind: CodeRemark["kind"], text: string, line: number): void => {
    const key = `${kind} ${text}`;
    if (!remarks.has(key)) {
      remarks.set(key, { kind, text, line });
    }
  };
  for (const [index, whole] of source.split("\n").entries()) {
    const text = withoutStrings(whole.slice(0, LONGEST_LINE));
    const foreign = IMPORT.exec(text) ?? python(text) ?? PYTHON_OPERATOR.exec(text);
    if (foreign !== null) {
      add("foreign", foreign[0].trim(), index + 1);
    }
    const file = FILES.exec(text);
    if (file !== null) {
      add("file-operation", file[0].replace(/\s*\($/, ""), index + 1);
    }
    for (const match of [...text.matchAll(OPERATOR), ...text.matchAll(CLASS)]) {
      if (!NAMESPACES.has(match[1] ?? "")) {
        add("custom-operator", match[0], index + 1);
      }
    }
  }
  return [...remarks.values()];
}

/** Words of Python, unless the file defines a function of that name. */
function python(text: string): RegExpExecArray | null {
  return /^\s*def\s/.test(text) ? null : PYTHON.exec(text);
}

/** The line with its strings emptied and without its comment. An expression would take quadratic time. */
function withoutStrings(line: string): string {
  if (!/["'#]/.test(line)) {
    return line;
  }
  let text = "";
  let start = 0;
  for (let at = 0; at < line.length; at += 1) {
    const character = line[at];
    if (character === "#") {
      return text + line.slice(start, at);
    }
    if (character === '"' || character === "'") {
      text += `${line.slice(start, at)}""`;
      at = stringEnd(line, at + 1, character);
      start = at + 1;
    }
  }
  return text + line.slice(start);
}

/** Position of the quote that ends a string, or the end of the line. */
function stringEnd(line: string, from: number, quote: string): number {
  for (let at = from; at < line.length; at += 1) {
    if (line[at] === "\\") {
      at += 1;
    } else if (line[at] === quote) {
      return at;
    }
  }
  return line.length;
}
