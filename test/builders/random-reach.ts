/** Templates that reach an attribute by a name that they put together, hand on and use in random ways. All of it runs. */

import type { Random } from "../fuzz/random.ts";

const OBJECTS = ["x", "messages[0]", "'text'", "cycler", "messages[0].content", "range", "3"];

export class ReachWriter {
  readonly #random: Random;
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  template(name: string): string {
    this.#count = 0;
    const object = this.#random.pick(OBJECTS);
    const reach = this.#handOn(this.#built(name, 1 + this.#random.int(3)), (handed) =>
      this.#use(object, handed),
    );
    const message = "{{ message['role'] ~ ': ' ~ message.content }}";
    return `{% for message in messages %}${message}{% endfor %}${reach}`;
  }

  #fresh(): string {
    this.#count += 1;
    return `v${this.#count}`;
  }

  #literal(text: string): string {
    return this.#random.int(4) > 0
      ? `'${text}'`
      : `'${Array.from(text, (c) => String.raw`\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`).join("")}'`;
  }

  /** An expression that gives a text. */
  #built(text: string, depth: number): string {
    if (depth <= 0 || text.length < 2) {
      return this.#literal(text);
    }
    const at = 1 + this.#random.int(text.length - 1);
    const [start, end] = [text.slice(0, at), text.slice(at)];
    const of = (part: string): string => this.#built(part, depth - 1);
    const reversed = Array.from(text).toReversed().join("");
    const letters = Array.from(text, (letter) => `'${letter}'`).join(", ");
    const forms: (() => string)[] = [
      () => `(${of(start)} ~ ${of(end)})`,
      () => `(${of(start)} + ${of(end)})`,
      () => `('${start}' '${end}')`,
      () => `${of(reversed)}[::-1]`,
      () => `(${of(reversed)}|reverse)`,
      () => `(${of(text.toUpperCase())}|lower)`,
      () => `${of(text.toUpperCase())}.lower()`,
      () => `([${letters}]|join)`,
      () => `''.join([${of(start)}, ${of(end)}])`,
      () => `('%s%s'|format(${of(start)}, ${of(end)}))`,
      () => `('%s%s' % (${of(start)}, ${of(end)}))`,
      () => `'{}{}'.format(${of(start)}, ${of(end)})`,
      () => `(${of(text.replaceAll("_", "+"))}|replace('+', '_'))`,
      () => `${of(`--${text}`)}[2:]`,
      () => `${of(`${text}--`)}[:-2]`,
      () => `{'k': ${of(text)}, 'm': x}['k']`,
      () => `{'k': ${of(text)}, 'm': x}.k`,
      () => `{'k': ${of(text)}}.get('k')`,
      () => `(x, ${of(text)})[1]`,
      () => `(${of(text)} if true else 'role')`,
      () => `(${of(` ${text} `)}|trim)`,
      () => `${of(`a,${text}`)}.split(',')[1]`,
      () => `([${of(text)}, x]|first)`,
      () => `([x, ${of(text)}]|last)`,
      () => `(missing|default(${of(text)}))`,
      () => `(${of(text)} or x)`,
    ];
    return this.#random.pick(forms)();
  }

  /** Statements that give a value another name, and what is done with it. */
  #handOn(value: string, use: (name: string) => string): string {
    const [v, w] = [this.#fresh(), this.#fresh()];
    const loop = (target: string, over: string): string =>
      `{% for ${target} in ${over} %}${use(v)}{% endfor %}`;
    const forms: (() => string)[] = [
      () => use(value),
      () => `{% set ${v} = ${value} %}${use(v)}`,
      () => `{% set ${v} %}{{ ${value} }}{% endset %}${use(v)}`,
      () => `{% set ${w} = namespace(a=${value}) %}${use(`${w}.a`)}`,
      () => `{% set ${w} = namespace(a='') %}{% set ${w}.a = ${value} %}${use(`${w}.a`)}`,
      () => `{% with ${v} = ${value} %}${use(v)}{% endwith %}`,
      () => loop(v, `[${value}]`),
      () => loop(`${w}, ${v}`, `[(x, ${value})]`),
      () => loop(`${v}, ${w}`, `[(${value}, x)]`),
      () => loop(`${w}, (${w}b, ${v})`, `[(x, (1, ${value}))]`),
      () => loop(`${w}, ${v}`, `{'k': ${value}}.items()`),
      () => loop(`${w}, ${v}`, `{'k': ${value}}|dictsort`),
      () => loop(`${w}, ${v}`, `{'k': ${value}}|items`),
      () => loop(v, `{'k': ${value}}.values()`),
      () => loop(v, `{${value}: 1}`),
      () => `{% set ${w}, ${v} = x, ${value} %}${use(v)}`,
      () => `{% set ${w} = (x, ${value}) %}${use(`${w}[1]`)}`,
      () => `{% set ${w} = {'k': ${value}, 'm': x} %}${use(`${w}.k`)}`,
      () => `{% macro ${w}(${v}, o) %}${use(v)}{% endmacro %}{{ ${w}(${value}, 1) }}`,
      () => `{% macro ${w}(o=1, ${v}=2) %}${use(v)}{% endmacro %}{{ ${w}(${v}=${value}) }}`,
    ];
    const handed = this.#random.pick(forms);
    return handed();
  }

  #use(object: string, name: string): string {
    const o = /^\d/.test(object) ? `(${object})` : object;
    return this.#random.pick([
      `{{ ${o}[${name}] }}`,
      `{% if ${o}[${name}] %}{% endif %}`,
      `{% set y = ${o}[${name}] %}`,
      `{{ ${o}|attr(${name}) }}`,
      `{{ [${o}]|map(attribute=${name})|list }}`,
      `{{ [${o}]|map('attr', ${name})|list }}`,
      `{{ [${o}]|selectattr(${name})|list }}`,
      `{{ ('{0.' ~ ${name} ~ '}').format(${o}) }}`,
    ]);
  }
}
