/**
 * Source code that something would run. A first line `#!` says it; else several turns of phrase of the same
 * language have to be there: one alone is also found in prose about it.
 */

import { certain, likely } from "./content-kind.ts";
import type { ContentKind } from "./content-kind.ts";

interface Language {
  readonly kind: string;
  readonly title: string;
  /** How many of the hints must be met. */
  readonly enough: number;
  readonly hints: readonly RegExp[];
}

const LANGUAGES: readonly Language[] = [
  {
    kind: "python",
    title: "Python source",
    enough: 2,
    hints: [
      /^(?:import|from) [\w.]+(?:$| as |,| import )/m,
      /^(?:async )?def \w+\(.*(?::|,|\()$/m,
      /^class \w+(?:\(.*\))?:$/m,
      /^if __name__ == ["']__main__["']:$/m,
      /^ {4}(?:return|self\.|if .*:$|for .*:$|raise |with .*:$)/m,
      /^(?:@[\w.]+|try:|[\w.]+\([^\n]*\)|print\(.*\)|\w+ = [\w.]+\(.*\))$/m,
    ],
  },
  {
    kind: "powershell",
    title: "a PowerShell script",
    enough: 2,
    hints: [
      /^[ \t]*(?:param|function [\w-]+)\s*[({]/im,
      /^[ \t]*\$\w+[ \t]*=/m,
      /\b(?:Write|Invoke|Get|Set|New|Start|Import|Add)-[A-Z]\w+/,
      /\$(?:env|PSScriptRoot|args|true|false|null)\b/,
    ],
  },
  {
    kind: "batch",
    title: "a Windows batch script",
    enough: 2,
    hints: [
      /^@?echo off\s*$/im,
      /^(?:set|call|goto|rem|if (?:not )?exist|start|copy|del|pause|setlocal|endlocal|exit \/b)\b/im,
      /%~?\w+%?/,
    ],
  },
  {
    kind: "shell",
    title: "a shell script",
    enough: 3,
    hints: [
      /^set -[euxo]+/m,
      /^(?:export|local|readonly) \w+=/m,
      /^[ \t]*(?:if|elif|while) \[\[? .* \]\]?/m,
      /^[ \t]*(?:fi|done|esac)$/m,
      /\$\{?\w+\}?/,
      /^[ \t]*(?:echo|cd|curl|wget|sudo|apt-get|pip|chmod|mkdir|rm|cp|mv) /m,
    ],
  },
  {
    kind: "javascript",
    title: "JavaScript source",
    enough: 2,
    hints: [
      /^[ \t]*["']use strict["'];?$/m,
      /\b(?:const|let|var) [\w{][^=\n]* = require\(/,
      /^(?:import .* from ["']|export (?:default|const|function|class) )/m,
      /\bfunction\s*\w*\([^)\n]*\)\s*\{/,
      /\bmodule\.exports\b|=> \{$/m,
      /\bdocument\.\w+|\bwindow\.\w+|\bconsole\.log\(/,
    ],
  },
  {
    kind: "vbscript",
    title: "a Visual Basic script",
    enough: 2,
    hints: [
      /\bCreateObject\(/i,
      /^[ \t]*(?:dim|sub|function|end sub|end function|on error resume next)\b/im,
      /\bWScript\./i,
    ],
  },
  {
    kind: "c-source",
    title: "C or C++ source",
    enough: 3,
    hints: [
      /^#\s*include\s*[<"]/m,
      /^#\s*(?:define|ifdef|ifndef|pragma) /m,
      /[;{][ \t]*$/m,
      /^\w[\w *]{1,200}\([^;\n]{0,400}\)[ \t]*\{?$/m,
    ],
  },
  {
    kind: "r-source",
    title: "R source",
    enough: 2,
    hints: [/^[ \t]*[\w.]+ <- /m, /\bfunction\(.*\)\s*\{/, /^library\(\w+\)/m],
  },
];

/** Turns of phrase are looked for in this much; a few patterns take the square of it. */
const LOOKED_AT = 16_384;

const INTERPRETERS: readonly (readonly [RegExp, string, string])[] = [
  [/python|pypy/, "python", "a Python script"],
  [/(?:ba|da|z|k|c|fi)?sh\b/, "shell", "a shell script"],
  [/node|deno|bun/, "javascript", "a JavaScript program"],
  [/pwsh|powershell/, "powershell", "a PowerShell script"],
];

export function identifyScript(text: string): ContentKind | undefined {
  const first = /^#!\s*(\/[\x21-\x7e]+(?: [\x20-\x7e]*)?)\r?(?:\n|$)/.exec(text)?.[1];
  if (first !== undefined) {
    const [, kind, title] = INTERPRETERS.find(([name]) => name.test(first)) ?? [
      undefined,
      "script",
      "a script",
    ];
    return certain(kind, title, "script");
  }
  const start = text.slice(0, LOOKED_AT);
  for (const { kind, title, enough, hints } of LANGUAGES) {
    if (hints.filter((hint) => hint.test(start)).length >= enough) {
      return likely(kind, title, "script");
    }
  }
  return undefined;
}
