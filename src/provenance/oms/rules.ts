/** What can be wrong with the signature of a model, by the OpenSSF Model Signing specification 1.0. */

import type { RuleInfo } from "../../kernel/rule.ts";
import { FAILURE, NOTE } from "../rule-weights.ts";

const TAMPERED = ["CWE-345", "CWE-353"];

export const UNSIGNED: RuleInfo = {
  ...FAILURE,
  id: "oms/unsigned",
  references: TAMPERED,
  title: "The model has no signature",
  help: `There is no signature file where one was looked for, so nobody answers for the files.

Ask the publisher for \`model.sig\`, or give its place with \`--signature\`. A model that used to be signed and is no
longer is a warning: somebody may have taken the signature away together with what it would have given away.`,
};

export const TOO_LARGE: RuleInfo = {
  ...FAILURE,
  id: "oms/too-large",
  references: ["CWE-400"],
  title: "The signature file is too large",
  help: `A signature lists a digest for each file of the model; 64 MiB are room for some 300,000 of them. A larger one
is not read, since reading it costs memory before anything in it could be checked.

Check that the right file was named. A model with more files can be signed in parts.`,
};

export const BAD_JSON: RuleInfo = {
  ...FAILURE,
  id: "oms/bad-json",
  references: ["CWE-20", "CWE-436"],
  title: "The signature is not sound JSON",
  help: `The signature file, or the statement inside it, is not JSON that all readers take for the same: it is empty,
cut off, not UTF-8, or has a key twice in one object. Readers differ over which of two equal keys counts, so a
signature over such a text could mean one thing here and another thing elsewhere.

Get the file again. If it is really like this, the tool that made it is broken.`,
};

export const SCHEMA: RuleInfo = {
  ...FAILURE,
  id: "oms/schema",
  references: ["CWE-20", "CWE-1286"],
  title: "The signature is not built as the specification says",
  help: `A field is missing, is of the wrong type, or is one that the specification does not have. What a verifier
does not understand it must not accept: the field may be what another one acts on.

Get the signature again, or ask the publisher to sign with a current tool.`,
};

export const MEDIA_TYPE: RuleInfo = {
  ...FAILURE,
  id: "oms/media-type",
  references: ["CWE-20"],
  title: "The signature file is not a Sigstore bundle",
  help: `Signatures of models are Sigstore bundles and say so in their \`mediaType\`. This file is something else, or
of a version that is not known.

Check that the right file was named. GPG signatures, checksums and the signatures of container images are verified
with other tools.`,
};

export const METHOD_MISMATCH: RuleInfo = {
  ...FAILURE,
  id: "oms/method-mismatch",
  references: ["CWE-757"],
  title: "It was signed in another way than the one that was asked for",
  help: `The bundle says how it was signed: with a bare key, with a certificate, or keyless through Sigstore. What you
gave to verify it with is for another of these. A verifier never changes over to what the bundle prefers, because
whoever forges a bundle would choose what is easiest.

Find out how the publisher signs, and verify with that: \`verify key\` with their public key, or \`verify
certificate\` with the root that their certificate leads to.`,
};

export const SIGNATURE_INVALID: RuleInfo = {
  ...FAILURE,
  severity: "critical",
  id: "oms/signature-invalid",
  references: ["CWE-347"],
  title: "The signature does not hold",
  help: `The signature over the list of files was not made with the key that you trust. Either it is the wrong key, or
the list was changed after it was signed. The two cannot be told apart, unless the bundle itself names another key:
then the message says which.

Compare the fingerprint of your key with the one that the publisher states, on a way that does not lead through the
place where you found the model. If it is the right one, do not use the model.`,
};

export const KEY_UNSUPPORTED: RuleInfo = {
  ...FAILURE,
  id: "oms/key-unsupported",
  references: ["CWE-327"],
  title: "The key is of a kind that models are not signed with",
  help: `Models are signed with elliptic-curve keys on P-256, P-384 or P-521. RSA, Ed25519 and other curves are not
part of the specification, and no other verifier would accept them.

\`weighbridge keygen\` makes a key that everybody can verify with.`,
};

export const KEY_HINT_MISMATCH: RuleInfo = {
  ...FAILURE,
  id: "oms/key-hint-mismatch",
  references: ["CWE-347"],
  title: "The bundle names another key",
  help: `A bundle carries the fingerprint of the public key that it was signed with. It is not the one of the key that
you gave. Usually that is the whole mistake: an old key, or the key of somebody else. Where the signature holds all
the same, somebody changed the name of the key in the bundle, which other verifiers refuse.

Compare the two fingerprints with the one that the publisher states.`,
};

export const LEGACY_PAE: RuleInfo = {
  ...NOTE,
  id: "oms/legacy-pae",
  references: [],
  title: "It was signed by a release with a known mistake",
  help: `Releases 0.2 and 0.3 of the reference signed a slightly different encoding of the statement. It is as
binding as the right one, and is accepted for bundles with keys and certificates, after the right one failed.
\`--oms-compat strict\` refuses it.

Ask the publisher to sign again with a current tool.`,
};

export const LEGACY_PREDICATE: RuleInfo = {
  ...NOTE,
  id: "oms/legacy-predicate",
  references: [],
  title: "It was signed by a release that signs no root digest",
  help: `Release 0.2.0 of the reference lists the files as subjects of the statement and has no digest of the whole.
The files are compared one by one, as always. \`--oms-compat strict\` refuses it.

Ask the publisher to sign again with a current tool.`,
};

export const UNSUPPORTED: RuleInfo = {
  ...FAILURE,
  id: "oms/unsupported",
  references: ["CWE-757"],
  title: "The signature uses something that is not known",
  help: `The statement is of a type, a method or a digest that this version does not know. What it says about the files
cannot be checked, and what cannot be checked is not accepted.

Update weighbridge. If that does not help, ask the publisher to sign with method \`files\` and SHA-256.`,
};

export const ROOT_MISMATCH: RuleInfo = {
  ...FAILURE,
  id: "oms/root-mismatch",
  references: TAMPERED,
  title: "The root digest does not fit the listed files",
  help: `The statement has a digest of the whole and digests of the files, and the one does not follow from the
others. The signer's tool was wrong, or the statement was put together to show different things to different readers:
some look at the root alone.

Ask the publisher to sign again.`,
};

export const DIR_HASH_MISMATCH: RuleInfo = {
  ...FAILURE,
  id: "oms/dir-hash-mismatch",
  references: TAMPERED,
  title: "The digest over names and contents does not fit the listed files",
  help: `Beside the root digest, which does not depend on the names of files, the statement has \`dirHash1\`, which
does. It does not follow from the listed files, so the statement contradicts itself.

Ask the publisher to sign again.`,
};

export const UNSORTED: RuleInfo = {
  ...NOTE,
  id: "oms/unsorted",
  references: [],
  title: "The files are not listed in the order of the specification",
  help: `Files are listed in the byte order of their names. Releases up to 1.1.1 of the reference sort by folders
instead. The root digest was computed in the order in which they are listed, so nothing is lost.`,
};

export const DUPLICATE_NAME: RuleInfo = {
  ...FAILURE,
  id: "oms/duplicate-name",
  references: ["CWE-694"],
  title: "A file is listed twice",
  help: `With two digests for one name a verifier could take either, and two verifiers could accept two different
models under one signature.

Ask the publisher to sign again.`,
};

export const BAD_PATH: RuleInfo = {
  ...FAILURE,
  id: "oms/bad-path",
  references: ["CWE-22"],
  title: "A path cannot be signed, or should not have been",
  help: `Signatures name files by paths relative to the model, in UTF-8, without \`..\`, without a leading slash. In a
bundle, anything else could make a verifier read files outside of the model. In a folder, a name that is not UTF-8
cannot be written into a signature without becoming another name, so no signature covers such a file.

Rename the file, and sign again.`,
};

export const FILE_CHANGED: RuleInfo = {
  ...FAILURE,
  severity: "critical",
  id: "oms/file-changed",
  references: TAMPERED,
  title: "A file is not the one that was signed",
  help: `Its bytes have another digest than the one in the signature. Somebody changed it, a download was cut off, or
the signature belongs to another version of the model. Git can be the reason for text files, where it is set to
change line endings.

Get the file again from where the signature came from. If it is still different, do not load it.`,
};

export const FILE_MISSING: RuleInfo = {
  ...FAILURE,
  id: "oms/file-missing",
  references: TAMPERED,
  title: "A signed file is not there",
  help: `The signature lists a file that the model does not have. A model with a part missing can behave differently:
without its configuration a loader takes defaults, without one shard another file of that name may be found.

Get the whole model, or verify the files that you use with \`--subset\`.`,
};

export const FILE_EXTRA: RuleInfo = {
  ...FAILURE,
  id: "oms/file-extra",
  references: ["CWE-345", "CWE-829"],
  title: "There is a file that nobody signed",
  help: `The model has a file that its signature does not list. Loaders act on what they find: an added
\`adapter_config.json\`, a \`.py\` beside a configuration, a pickle beside a safetensors file can each change what is
loaded.

Remove it, or, if it is yours, name it with \`--ignore-paths\`. \`--ignore-unsigned-files\` lets all such files pass;
scan them then.`,
};

export const IGNORED_BY_SIGNER: RuleInfo = {
  ...NOTE,
  id: "oms/ignored-by-signer",
  references: ["CWE-353"],
  title: "A file was left out of the signature on purpose",
  help: `The signer chose to ignore this path, so its content is not covered and may be anything. The choice itself is
signed.

Do not load it without looking at it: \`weighbridge scan\`.`,
};

export const SYMLINK: RuleInfo = {
  ...FAILURE,
  id: "oms/symlink",
  references: ["CWE-59"],
  title: "A link in the model is not followed",
  help: `A symbolic link can lead anywhere, and tomorrow somewhere else. Links are followed only where the signature
says that the signer did (\`allow_symlinks\`), where you allow it as well (\`--allow-symlinks\`), and where they lead
to files of the model itself. In a snapshot of a Hugging Face cache every file is a link: \`--hf-cache\` follows those
that lead into the blobs of the same repository, and no others.`,
};

export const EMPTY: RuleInfo = {
  ...FAILURE,
  id: "oms/empty",
  references: ["CWE-345"],
  title: "There is nothing to sign or to verify",
  help: `A signature over no files would hold for every folder. It is neither made nor accepted.

Check the path of the model, and what \`--ignore-paths\` leaves over.`,
};

export const UNREADABLE: RuleInfo = {
  ...FAILURE,
  id: "oms/unreadable",
  references: ["CWE-353"],
  title: "A file of the model cannot be read",
  help: `A file or a folder could not be opened, or is something that has no content of its own, such as a pipe or a
device. What cannot be read cannot be compared, and so the model is not verified.

Change the permissions, or remove what is no file.`,
};

export const FILE_UNSTABLE: RuleInfo = {
  ...FAILURE,
  id: "oms/file-unstable",
  references: ["CWE-367"],
  title: "A file was changed while it was read",
  help: `Somebody wrote to the file between the first byte and the last one. Its digest is that of neither version.

Wait until whatever writes there has finished, and run it again. Verify a model where nobody else can write, or
what is loaded afterwards may not be what was verified.`,
};

export const STATED_DIGESTS: RuleInfo = {
  ...NOTE,
  id: "oms/stated-digests",
  references: [],
  title: "The digests are those that the hub states",
  help: `The files were not downloaded: the signed digests were compared with those that the hub states for the
revision. The hub is believed in that. Compare what you download with \`weighbridge verify\` on this machine.`,
};

export const CACHED_DIGESTS: RuleInfo = {
  ...NOTE,
  id: "oms/cached-digests",
  references: ["CWE-367"],
  title: "Files were not read again",
  help: `Their device, inode, size and times are those of an earlier run, whose digests were taken. Whoever can write
to the disk below the file system, or to the folder with the digests, could change a file unseen.

Leave out \`--cache\` to read everything.`,
};

export const NOT_COMPARED: RuleInfo = {
  ...FAILURE,
  id: "oms/not-compared",
  references: ["CWE-353"],
  title: "The files were not compared with the signature",
  help: `The bundle cannot be read far enough to know which files were signed and what their digests are, so nothing
about them is known. The other findings say why.`,
};

export const OMS_RULES: readonly RuleInfo[] = [
  UNSIGNED,
  TOO_LARGE,
  BAD_JSON,
  SCHEMA,
  MEDIA_TYPE,
  METHOD_MISMATCH,
  SIGNATURE_INVALID,
  KEY_UNSUPPORTED,
  KEY_HINT_MISMATCH,
  LEGACY_PAE,
  LEGACY_PREDICATE,
  UNSUPPORTED,
  ROOT_MISMATCH,
  DIR_HASH_MISMATCH,
  UNSORTED,
  DUPLICATE_NAME,
  BAD_PATH,
  FILE_CHANGED,
  FILE_MISSING,
  FILE_EXTRA,
  IGNORED_BY_SIGNER,
  SYMLINK,
  EMPTY,
  UNREADABLE,
  FILE_UNSTABLE,
  STATED_DIGESTS,
  CACHED_DIGESTS,
  NOT_COMPARED,
];
