/** Rules of chat templates: what they reach beyond the conversation that they write out. */

import type { Evidence, Rule } from "../../kernel/rule.ts";
import { quote } from "../../kernel/text.ts";
import type { CapabilityKind } from "../../machines/template/capability.ts";
import type { TemplateCapability, TemplateModel } from "./template-model.ts";

/** Evidence for every capability of a kind; the same subject twice is one problem. */
function* evidenceOf(
  { capabilities }: TemplateModel,
  kind: CapabilityKind,
  message: (capability: TemplateCapability) => string,
): Generator<Evidence> {
  const seen = new Set<string>();
  for (const capability of capabilities) {
    const { subject, offset } = capability;
    if (capability.kind === kind && !seen.has(subject)) {
      seen.add(subject);
      yield { message: message(capability), key: subject.slice(0, 200), offset };
    }
  }
}

const FIX = `**What to do.** Do not render the template. Take the one that the publisher of the base model ships, and
render templates only in \`ImmutableSandboxedEnvironment\`.`;

const internals: Rule<TemplateModel> = {
  id: "template/python-internals",
  severity: "critical",
  confidence: "high",
  trigger: "render",
  implies: "malicious",
  references: ["CWE-1336", "CWE-94", "CVE-2024-34359", "CVE-2019-10906", "AML.T0011"],
  title: "The template reaches into the Python interpreter",
  help: `Jinja lets templates read attributes of the values that they are handed. From any of them a chain such as
\`__class__\`, \`__base__\`, \`__subclasses__\` or \`__init__.__globals__\` leads to every module, and so to a shell.
Loaders that render chat templates without a sandbox run whatever stands there as soon as somebody sends a message;
Jinja's sandbox refuses such names, and has been escaped from several times. No chat template needs one.

Names are found however they are written: as attributes, in brackets, through the filters \`attr\` and \`map\`, in format
strings, with escapes, and put together from pieces.

${FIX}`,
  *evaluate(model) {
    yield* evidenceOf(model, "internals", ({ subject, isHidden }) =>
      isHidden
        ? `reaches ${quote(subject)}, a name of the interpreter that it puts together or hides`
        : `reaches ${quote(subject)}, a name of the interpreter`,
    );
  },
};

const dangerousCall: Rule<TemplateModel> = {
  id: "template/dangerous-call",
  severity: "critical",
  confidence: "high",
  trigger: "render",
  implies: "malicious",
  references: ["CWE-1336", "CWE-94", "CVE-2024-34359", "AML.T0011"],
  title: "The template calls what runs code or opens files",
  help: `A chat template writes text. Calls such as \`popen\`, \`system\`, \`eval\`, \`open\` or anything of the
modules \`os\` and \`subprocess\` have no place in one: where the program that renders it hands such an object to it,
or a chain of attributes leads to one, the call runs with the rights of that program.

${FIX}`,
  *evaluate(model) {
    yield* evidenceOf(model, "dangerous-call", ({ subject }) => `calls ${quote(subject)}`);
  },
};

const computedName: Rule<TemplateModel> = {
  id: "template/computed-name",
  severity: "high",
  confidence: "medium",
  trigger: "render",
  implies: "suspicious",
  references: ["CWE-1336", "CWE-506", "AML.T0011"],
  title: "The template computes the name of what it reaches",
  help: `An attribute is reached by a name that is put together in a way that nobody can follow without running the
template: in a loop, from the conversation, or from pieces that functions give. Data is looked up by computed keys, and
that is ordinary; attributes of functions, of constants and through \`attr\` are not, and formats whose text is computed
reach attributes just as well. It is how names are hidden that scanners look for.

**What to do.** Find out which names it computes. Do not render it before you know.`,
  *evaluate(model) {
    yield* evidenceOf(model, "computed-name", ({ subject }) => `computes ${subject}`);
  },
};

const fileAccess: Rule<TemplateModel> = {
  id: "template/file-access",
  severity: "high",
  confidence: "medium",
  trigger: "render",
  implies: "malicious",
  references: ["CWE-98", "CWE-22", "CWE-1336"],
  title: "The template includes another file",
  help: `\`include\`, \`import\` and \`extends\` make the renderer open a file. Chat templates are rendered from one
string, without a loader of files, so the statement fails in the programs that it is meant for; in others it reads what
it names. A path that is absolute or climbs out of its folder is an attempt to read the machine.

**What to do.** Read the file that it names. Replace the statement by what that file holds.`,
  *evaluate(model) {
    for (const evidence of evidenceOf(
      model,
      "file-access",
      ({ subject, isHidden }) => `includes ${isHidden ? subject : quote(subject)}`,
    )) {
      const leaves = /^(?:[/\\~]|[A-Za-z]:|\w+:\/\/)|(?:^|[/\\])\.\.(?:[/\\]|$)/.test(evidence.key);
      yield leaves ? evidence : { ...evidence, implies: "suspicious" };
    }
  },
};

const frameworkObject: Rule<TemplateModel> = {
  id: "template/framework-object",
  severity: "medium",
  confidence: "medium",
  trigger: "render",
  implies: "suspicious",
  references: ["CWE-1336", "CWE-200"],
  title: "The template reads objects of a web framework",
  help: `\`config\`, \`request\` and similar names are what web frameworks put into every template. Through them
templates read keys, settings and the environment of a server. No program that renders chat templates hands them out,
so a template that reads them was written for something else than a chat.

**What to do.** Find out why it asks for them. Do not render it where a framework fills them in.`,
  *evaluate(model) {
    yield* evidenceOf(model, "framework-object", ({ subject }) => `reads ${quote(subject)}`);
  },
};

const exhaustion: Rule<TemplateModel> = {
  id: "template/exhaustion",
  severity: "medium",
  confidence: "high",
  trigger: "render",
  implies: "suspicious",
  references: ["CWE-400", "CWE-770", "CWE-834"],
  title: "The template asks for more time or memory than a chat takes",
  help: `Loops over millions of numbers, repetitions and padding of millions of characters stop whatever renders the
template, with each message. Jinja's sandbox limits \`range\` and nothing else.

**What to do.** Do not render the template.`,
  *evaluate(model) {
    yield* evidenceOf(model, "exhaustion", ({ subject }) => `asks for ${subject}`);
  },
};

const conditionalOutput: Rule<TemplateModel> = {
  id: "template/conditional-output",
  severity: "high",
  confidence: "medium",
  trigger: "inference",
  implies: "suspicious",
  references: ["CWE-506", "CWE-511", "AML.T0018", "AML.T0051", "LLM01:2025", "LLM04:2025"],
  title: "What the template writes depends on words of the conversation",
  help: `The template compares what somebody wrote, its length or the date with a constant of its own, and writes text
that is not there otherwise. That is how a backdoor without a changed weight works: the model behaves as published, until a message
holds the trigger; then the template adds an instruction, an address or another system prompt that nobody sees.

Templates look for markers such as \`</think>\`, for roles and for kinds of content, and whether there is any content:
that is ordinary, and not reported.

**What to do.** Read the guarded text. Compare the template with the one of the base model.`,
  *evaluate(model) {
    yield* evidenceOf(
      model,
      "conditional-output",
      ({ subject }) => `writes other text where the conversation has ${quote(subject)}`,
    );
  },
};

const hiddenText: Rule<TemplateModel> = {
  id: "template/hidden-text",
  severity: "medium",
  confidence: "medium",
  trigger: "inference",
  implies: "suspicious",
  references: ["CWE-1007", "CWE-506", "AML.T0051", "LLM01:2025"],
  title: "The template holds text that nobody sees",
  help: `Models read what people cannot: Unicode has characters without a glyph that stand for letters, such as tag
characters and variation selectors, others without a width that split a word so that no search finds it, and controls
that show a line in another order than the one in which it is read. A long run of blanks moves what follows out of any
window. In a chat template, each of them carries an instruction past the people who review it.

Flags and other emoji, joiners in scripts that need them, marks beside Hebrew or Arabic text, a byte order mark and the
wide bars of DeepSeek are ordinary. Comments are not reported: the renderer drops those of Jinja, and a model sees those
of HTML, which everybody can read.

**What to do.** Look at the template in an editor that shows invisible characters. Compare it with the one of the base
model.`,
  *evaluate(model) {
    yield* evidenceOf(model, "hidden-text", ({ subject }) => `hides text ${subject}`);
  },
};

const unknownCall: Rule<TemplateModel> = {
  id: "template/unknown-call",
  severity: "low",
  confidence: "low",
  trigger: "render",
  implies: "unknown",
  references: ["CWE-829"],
  title: "The template calls a function that is not known",
  help: `Renderers of chat templates hand a few functions to them, such as \`raise_exception\` and \`strftime_now\`.
This one calls another. What it does depends on the program that renders it.

**What to do.** Find out which program the template is for, and what the function does there.`,
  *evaluate(model) {
    yield* evidenceOf(model, "unknown-call", ({ subject }) => `calls ${quote(subject)}`);
  },
};

export const TEMPLATE_RULES: readonly Rule<TemplateModel>[] = [
  internals,
  dangerousCall,
  computedName,
  fileAccess,
  frameworkObject,
  exhaustion,
  conditionalOutput,
  hiddenText,
  unknownCall,
];
