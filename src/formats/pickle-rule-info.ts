/** What the pickle rules are called, mean and refer to. The text of `explain` and of the rule pages. */

/* oxlint-disable max-params -- a table reads best with a row a call */

import type { RuleInfo } from "../kernel/rule.ts";
import type { Confidence, Severity } from "../kernel/severity.ts";
import type { Implication } from "../kernel/verdict.ts";
import type { ObservationKind } from "../machines/pickle/observation.ts";

const COMMON = ["CWE-502", "AML.T0011.000", "LLM03:2025", "ML06"] as const;

function info(
  problem: string,
  severity: Severity,
  confidence: Confidence,
  implies: Implication,
  title: string,
  help: string,
  references: readonly string[] = [],
): RuleInfo {
  return {
    id: `pickle/${problem}`,
    severity,
    confidence,
    trigger: "load",
    implies,
    references: [...COMMON, ...references],
    title,
    help,
  };
}

const WHAT_TO_DO = `**What to do.** Do not load the file. Ask its author for safetensors or another format without code, or
for the code and data from which you can make the model yourself.`;

export const PICKLE_RULE_INFO: Readonly<Record<ObservationKind | "hidden-stream", RuleInfo>> = {
  "dangerous-call": info(
    "dangerous-call",
    "critical",
    "high",
    "malicious",
    "Loading the file runs something dangerous",
    `A pickle is a program for a small stack machine, and one of its opcodes calls any function by name.
This stream calls a function that runs code or commands, loads further code, opens files or connections,
or it hands such a function to one that calls it. It happens while the file is loaded, before your program
sees anything.

${WHAT_TO_DO}`,
    ["CWE-94", "CWE-78", "modelaudit:S201", "JFrog:PICKLE-MALCODE"],
  ),
  "dangerous-reference": info(
    "dangerous-reference",
    "high",
    "high",
    "suspicious",
    "The file refers to something dangerous",
    `The stream looks up a function that can run code or commands, load further code, or reach files and the
network. It does not call it here, but the object that is loaded holds it, and whatever uses the object may
call it. Models need no such functions.

${WHAT_TO_DO}`,
    ["CWE-829"],
  ),
  "unknown-call": info(
    "unknown-call",
    "medium",
    "high",
    "suspicious",
    "The file calls something that nobody vouches for",
    `The stream calls or instantiates a name that is neither known to be harmless nor known to be
dangerous. What it does depends on code outside the file: a class of yours, a library that is not in the
tables yet, or a gadget that nobody has described. For names of the standard library, whose harmless uses
are all listed, calling another one is suspicious.

**What to do.** Look at the name. If it is your own class, pin it in \`weighbridge.yaml\` under
\`knownNames\` with the reason why it is harmless. If you do not know it, treat the file as code.`,
    ["CWE-829", "modelaudit:S201"],
  ),
  "unknown-reference": info(
    "unknown-reference",
    "low",
    "high",
    "unknown",
    "The file refers to something that nobody vouches for",
    `The stream looks up a name that is not in the tables. The module that holds it is imported when the
file is loaded, and the object keeps the reference.

**What to do.** Look at the name. Pin it in \`weighbridge.yaml\` under \`knownNames\` with a reason if it
is yours.`,
  ),
  "unexpected-use": info(
    "unexpected-use",
    "medium",
    "medium",
    "unknown",
    "A known name is used in an unusual way",
    `The name is known to be harmless for what libraries do with it, and this stream does something else:
other arguments, a call where only references occur, elements stored into it. Nobody has checked that.

**What to do.** Find out what wrote the file. If it is a library's own doing, report it so that the table
can learn it.`,
  ),
  "computed-name": info(
    "computed-name",
    "critical",
    "high",
    "suspicious",
    "A name only exists at load time",
    `The stream puts the name of what it looks up together while it is loaded, in a way that cannot be
followed without running it. No serializer does that; it hides what is called.

${WHAT_TO_DO}`,
    ["CWE-506"],
  ),
  "folded-name": info(
    "folded-name",
    "high",
    "high",
    "suspicious",
    "A name is put together out of pieces",
    `The stream joins, decodes or otherwise computes the name of what it looks up. The computation is pure
and was followed, so it is known what the name is; but no serializer does that, and it serves to hide the
name from readers of the file.

${WHAT_TO_DO}`,
    ["CWE-506"],
  ),
  "computed-call": info(
    "computed-call",
    "high",
    "medium",
    "suspicious",
    "The file calls a value that cannot be named",
    `What is called here is itself the result of a call or of a look-up that cannot be followed, so nobody can
say what it does.

${WHAT_TO_DO}`,
  ),
  "attribute-walk": info(
    "attribute-walk",
    "high",
    "medium",
    "suspicious",
    "A name walks through attributes of a module",
    `From protocol 4 on a name may have dots, and readers follow them through any attribute. A module that
imports \`os\` as \`_os\` thereby gives everything in it under an innocent name. Serializers use dots only for
classes inside classes.

${WHAT_TO_DO}`,
    ["CWE-470"],
  ),
  "state-injection": info(
    "state-injection",
    "critical",
    "high",
    "malicious",
    "The file changes what objects of the process do",
    `BUILD sets attributes. Here it sets them on a module, class or function, or it sets a method that the
interpreter calls by itself. Either turns later, harmless looking steps into something else.

${WHAT_TO_DO}`,
    ["CWE-915"],
  ),
  "changes-import": info(
    "changes-import",
    "high",
    "high",
    "suspicious",
    "The file writes into an object of the loading process",
    `Elements are stored into something that the stream imported, such as an environment, a registry or a
module table, and not into an object of its own. The process is changed for everything that runs in it.

${WHAT_TO_DO}`,
    ["CWE-915"],
  ),
  "extension-code": info(
    "extension-code",
    "high",
    "medium",
    "suspicious",
    "A name is hidden behind an extension code",
    `Extension codes stand for names that a process has registered with \`copyreg\`. What a code means cannot be
seen in the file, and no model library uses them.

${WHAT_TO_DO}`,
    ["modelaudit:S211"],
  ),
  "out-of-band-buffer": info(
    "out-of-band-buffer",
    "medium",
    "high",
    "incomplete",
    "Part of the content is not in this file",
    `Protocol 5 can leave buffers outside the stream, to be handed over by the program that loads it. They
are not in this file, so what is loaded cannot be judged from it.

**What to do.** Get the buffers as well, or have the file written without \`buffer_callback\`.`,
  ),
  "persistent-id": info(
    "persistent-id",
    "medium",
    "medium",
    "unknown",
    "An unknown name is handed to the loader",
    `Persistent ids are references that the loading program resolves; torch uses them for storages. This one
holds a name that nobody vouches for.`,
    ["modelaudit:S212"],
  ),
  "reader-disagreement": info(
    "reader-disagreement",
    "high",
    "high",
    "suspicious",
    "Readers of this file see different streams",
    `Python has two unpicklers, and tools use a third reader, \`pickletools\`. They differ on odd bytes: some
stop, others go on. A file that makes one of them stop hides from it what comes after. Libraries never
write such bytes.

${WHAT_TO_DO}`,
    ["CWE-436"],
  ),
  expansion: info(
    "expansion",
    "high",
    "high",
    "suspicious",
    "A few bytes unfold to more than memory holds",
    `References inside the stream cost two bytes each and multiply: the object is small in memory until it is
printed, copied, compared or saved, and then takes the process down.

**What to do.** Do not load the file in a service.`,
    ["CWE-409", "CWE-400", "modelaudit:S214"],
  ),
  "memory-claim": info(
    "memory-claim",
    "high",
    "high",
    "suspicious",
    "The file asks for memory out of all proportion",
    `A length or index in the stream makes the reader allocate far more memory than the file could fill.

**What to do.** Do not load the file in a service.`,
    ["CWE-789"],
  ),
  "confusable-name": info(
    "confusable-name",
    "high",
    "medium",
    "suspicious",
    "A name is not what it looks like",
    `A name contains characters that look like others, or like nothing at all. It serves to fool whoever reads
a list of names.`,
    ["CWE-1007"],
  ),
  "hidden-stream": info(
    "hidden-stream",
    "high",
    "medium",
    "suspicious",
    "Another pickle follows after a gap",
    `Padding separates this stream from the one before. Loaders that read one stream never see it, scanners
that stop at the first end do not either, and programs that read on do load it.

**What to do.** Find out what wrote the file; model libraries leave no gaps.`,
    ["CWE-436"],
  ),
};
