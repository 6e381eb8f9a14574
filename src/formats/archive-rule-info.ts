/** What the archive rules are called, mean and refer to. The text of `explain` and of the rule pages. */

import type { RuleInfo } from "../kernel/rule.ts";
import type { Severity } from "../kernel/severity.ts";
import type { Implication } from "../kernel/verdict.ts";

const COMMON = ["AML.T0010.003"] as const;

function info(
  problem: string,
  [severity, implies]: readonly [Severity, Implication],
  references: readonly string[],
  title: string,
  help: string,
): RuleInfo {
  return {
    id: `archive/${problem}`,
    severity,
    confidence: "high",
    trigger: "load",
    implies,
    references: [...references, ...COMMON],
    title,
    help,
  };
}

const READERS = `Archives describe their members twice, and readers believe different halves: Python's zipfile, miniz (in
PyTorch) and yauzl go by the directory at the end, streaming readers by the headers before each member.
Where the two differ, a scanner can be shown one content and a loader another.`;

const WHAT_TO_DO = `**What to do.** Do not unpack or load the file. No library that saves models writes such archives: ask where
it comes from.`;

export const ARCHIVE_RULE_INFO = {
  pathTraversal: info(
    "path-traversal",
    ["critical", "suspicious"],
    ["CWE-22", "CWE-73", "modelaudit:S405", "JFrog:ZIPSLIP", "PAIT-ARV-100"],
    "A member's name leads out of the folder it is unpacked in",
    `The name is absolute, climbs with \`..\`, names a drive, a network path or a device, or hides its end behind
a NUL. A program that unpacks the archive and trusts the name writes to a place that the author of the
archive chose: a start-up script, a library, a key file. Separators of Unix and of Windows both count.

Names that only Windows reads differently (trailing dots and blanks, \`aux\`) are reported with less weight.

${WHAT_TO_DO}`,
  ),
  linkEscape: info(
    "link-escape",
    ["critical", "suspicious"],
    ["CWE-59", "CWE-61", "CWE-22", "modelaudit:S406"],
    "A link in the archive leads out of the folder it is unpacked in",
    `A symbolic or hard link points to an absolute path, climbs above the root, or does so by way of another link.
Whatever reads the member later reads the file of the author's choice, and a member that is unpacked
through the link is written there. Links that stay inside are listed for information.

${WHAT_TO_DO}`,
  ),
  specialFile: info(
    "special-file",
    ["high", "suspicious"],
    ["CWE-434", "CWE-732"],
    "A member is a device, a FIFO, or runs with another user's rights",
    `Unpacked by a privileged user, a device node gives access to hardware, a FIFO blocks whoever reads it, and a
setuid file runs with its owner's rights. Models are made of ordinary files.

${WHAT_TO_DO}`,
  ),
  headerMismatch: info(
    "header-mismatch",
    ["high", "suspicious"],
    ["CWE-436", "CWE-345", "CVE-2025-1944", "GHSA-7q5r-7gvp-wc82"],
    "Two descriptions of one member contradict each other",
    `${READERS} Here name, compression method or size of a member differ between its descriptions, or an
extended header overrules them with other values. Every version of the content that follows from them was scanned.

${WHAT_TO_DO}`,
  ),
  hiddenEntry: info(
    "hidden-entry",
    ["high", "suspicious"],
    ["CWE-436", "CWE-345"],
    "The archive holds a member that its directory does not name",
    `${READERS} A member that only its own header describes, that lies behind the end mark, or that the
count in the end record leaves out, is there for some readers and not for others. It was scanned all the same.

${WHAT_TO_DO}`,
  ),
  duplicateEntry: info(
    "duplicate-entry",
    ["high", "suspicious"],
    ["CWE-436", "CWE-694"],
    "Two members have the same name",
    `Asked for the name, Python's zipfile gives the last member and other readers the first. Names are compared as
file systems would: without regard to Unicode forms, kind of separators, and \`./\`. All of them were scanned.
Names that differ in upper and lower case alone, and repeated members of a tar file, which replace one another in
order, are reported with less weight.

${WHAT_TO_DO}`,
  ),
  forgedEncryptionFlag: info(
    "forged-encryption-flag",
    ["medium", "suspicious"],
    ["CWE-436", "CVE-2025-1945", "GHSA-w8jq-xcqf-f792"],
    "A member says that it is encrypted or patched, and is not",
    `Readers that obey the flag refuse the member, and scanners built on them skip it; PyTorch does not look at
the flag and loads the content. The content is readable and was scanned.

${WHAT_TO_DO}`,
  ),
  noCentralDirectory: info(
    "no-central-directory",
    ["medium", "suspicious"],
    ["CWE-436", "CWE-345"],
    "The archive has no directory",
    `The members are there, and the directory and the end record are gone. Readers that need them fail, scanners
among them, while streaming readers unpack every member. The members were scanned.

**What to do.** If this is a download that broke off, fetch it again. Otherwise do not load the file.`,
  ),
  multipleDirectories: info(
    "multiple-directories",
    ["high", "suspicious"],
    ["CWE-436", "CWE-345"],
    "Readers would find different directories in the archive",
    `There are two end records, or two fields of one, that lead to different lists of members, so that the content
depends on the reader. All of the lists were followed. Archives that simply follow one another, such as the parts of
a distributed PyTorch checkpoint, are listed for information, each scanned by itself.

${WHAT_TO_DO}`,
  ),
  prefixData: info(
    "prefix-data",
    ["medium", "none"],
    ["CWE-434", "CWE-436"],
    "Something lies before the archive",
    `Zip readers look for the end of the archive and ignore what comes before its first member. Self-extracting
programs and Python applications use that; a model file can be made to be two things at once by it. The bytes were
scanned as a file of their own.`,
  ),
  trailingData: info(
    "trailing-data",
    ["low", "none"],
    ["CWE-434", "CWE-436"],
    "Bytes belong to no member of the archive",
    `There is data after the end of the archive, or between its members. Readers ignore it, and a large
amount after the end keeps many from finding the directory at all. The bytes were scanned as a file of their own.`,
  ),
  overlap: info(
    "overlap",
    ["high", "suspicious"],
    ["CWE-409", "CWE-405", "modelaudit:S410"],
    "Members of the archive share the same bytes",
    `Two entries of the directory lead to the same or to overlapping bytes. That is how an archive of a few
kilobytes unpacks to terabytes without any nesting, and how one member shows up under two names.

${WHAT_TO_DO}`,
  ),
  expansion: info(
    "expansion",
    ["medium", "unknown"],
    ["CWE-409", "CWE-400", "modelaudit:S410"],
    "The archive grows enormously when it is unpacked",
    `More than a hundred times its size and more than 64 MiB come out. Weights do not compress like that
unless they are nearly all alike; archives that are made to fill memory or disk do.

**What to do.** Unpack it only with a limit on size. A checkpoint full of zeros is a legitimate reason.`,
  ),
  unsupportedMethod: info(
    "unsupported-method",
    ["medium", "incomplete"],
    ["CWE-436", "CWE-693"],
    "A member is packed in a way that this program cannot unpack",
    `The compression method is unknown or not supported, so the content could not be scanned as a loader would see
it. It was scanned as it lies there, and as DEFLATE where that gives anything, because some readers do not look at the
method.

**What to do.** Unpack the archive in an isolated place and scan the result.`,
  ),
  encrypted: info(
    "encrypted",
    ["medium", "incomplete"],
    ["CWE-693", "CWE-345"],
    "A member is encrypted",
    `The content cannot be scanned without the password. Archives are encrypted to protect what is in them, and
malware is encrypted to pass scanners.

**What to do.** Unpack the archive in an isolated place with the password and scan the result.`,
  ),
} as const satisfies Readonly<Record<string, RuleInfo>>;
