/**
 * Finds chat templates in JSON (RFC 8259, and NaN as Python takes it): the values of `chat_template`, at any depth, be
 * they strings, lists of `{name, template}` or objects by name. Keys that stand twice count twice. Looks at each
 * character once and never recurses.
 */

export interface JsonTemplate {
  readonly name: string;
  readonly text: string;
}

export interface JsonTemplates {
  readonly templates: readonly JsonTemplate[];
  /** Where it stops being JSON. */
  readonly failedAt: number | undefined;
  /** It names code that a loader imports. */
  readonly namesCode: boolean;
}

interface Frame {
  readonly close: "}" | "]";
  /** Whether strings in it are templates. */
  readonly isTemplate: boolean;
  key: string;
  /** The value of `name` beside a template. */
  label: string;
}

const SPACE = /[ \t\r\n]*/y;
const SCALAR = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|NaN|-?Infinity/y;

export function findJsonTemplates(text: string): JsonTemplates {
  return new JsonWalk(text).run();
}

class JsonWalk {
  readonly #text: string;
  #at: number;
  readonly #frames: Frame[] = [];
  readonly #found: { readonly frame: Frame | undefined; readonly key: string; text: string }[] = [];
  #namesCode = false;

  constructor(text: string) {
    this.#text = text;
    this.#at = text.startsWith("\ufeff") ? 1 : 0;
  }

  run(): JsonTemplates {
    const isWhole = this.#value() && this.#rest();
    return {
      templates: this.#found.map(({ frame, key, text }) => ({
        name: nameOf(frame?.label ?? "", key),
        text,
      })),
      failedAt: isWhole ? undefined : this.#at,
      namesCode: this.#namesCode,
    };
  }

  #skip(): string {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.#text);
    this.#at = SPACE.lastIndex;
    return this.#text[this.#at] ?? "";
  }

  /** What follows values, up to the end of the text. */
  #rest(): boolean {
    for (;;) {
      const next = this.#skip();
      const frame = this.#frames.at(-1);
      if (frame === undefined) {
        return next === "";
      }
      if (next === frame.close) {
        this.#at += 1;
        this.#frames.pop();
      } else if (next === ",") {
        this.#at += 1;
        if (!this.#entry(frame)) {
          return false;
        }
      } else {
        return false;
      }
    }
  }

  /** An element, or a key with its value. */
  #entry(frame: Frame): boolean {
    if (frame.close === "]") {
      return this.#value();
    }
    this.#skip();
    const key = this.#string();
    if (key === undefined || this.#skip() !== ":") {
      return false;
    }
    this.#at += 1;
    frame.key = key;
    this.#namesCode ||= key === "auto_map";
    return this.#value();
  }

  /** A value; of arrays and objects, what stands in front of their first value, too. */
  #value(): boolean {
    for (;;) {
      const next = this.#skip();
      const parent = this.#frames.at(-1);
      const isTemplate = parent?.isTemplate === true || isTemplateKey(parent?.key ?? "");
      if (next === '"') {
        const text = this.#string();
        this.#keep(parent, text, isTemplate);
        return text !== undefined;
      }
      if (next !== "{" && next !== "[") {
        SCALAR.lastIndex = this.#at;
        const isScalar = SCALAR.test(this.#text);
        this.#at = isScalar ? SCALAR.lastIndex : this.#at;
        return isScalar;
      }
      this.#at += 1;
      const close = next === "{" ? "}" : "]";
      const frame: Frame = { close, isTemplate, key: "", label: "" };
      this.#frames.push(frame);
      if (this.#skip() === close) {
        this.#at += 1;
        this.#frames.pop();
        return true;
      }
      if (close === "}") {
        return this.#entry(frame);
      }
    }
  }

  #keep(parent: Frame | undefined, text: string | undefined, isTemplate: boolean): void {
    if (text === undefined || !isTemplate) {
      return;
    }
    if (parent?.isTemplate === true && parent.key === "name") {
      parent.label = text;
    } else {
      this.#found.push({ frame: parent, key: parent?.key ?? "", text });
    }
  }

  #string(): string | undefined {
    const text = this.#text;
    const start = this.#at;
    if (text[start] !== '"') {
      return undefined;
    }
    let end = start + 1;
    while (end < text.length && text[end] !== '"') {
      end += text[end] === "\\" ? 2 : 1;
    }
    if (end >= text.length) {
      return undefined;
    }
    try {
      const value: unknown = JSON.parse(text.slice(start, end + 1));
      this.#at = end + 1;
      return typeof value === "string" ? value : undefined;
    } catch {
      return undefined;
    }
  }
}

function isTemplateKey(key: string): boolean {
  return key === "chat_template" || key === "chat_templates";
}

function nameOf(label: string, key: string): string {
  const own = label === "" && key !== "template" && !isTemplateKey(key) ? key : label;
  const plain = own.replaceAll(/[^\w-]/g, "_").slice(0, 64);
  return plain === "" ? "chat_template" : `chat_template.${plain}`;
}
