/** Options that all ways of verifying share. */

import type { OptionSpec } from "../command.ts";
import { CACHE_OPTIONS } from "./cache-options.ts";
import { MODEL_OPTIONS } from "./model-options.ts";

export const VERIFY_OPTIONS: readonly OptionSpec[] = [
  {
    name: "signature",
    value: "FILE",
    help: "the signature (default: model.sig in the model, then here)",
  },
  {
    name: "timestamp-chain",
    value: "FILE",
    repeatable: true,
    help: "roots of the timestamp authorities that you trust; repeatable",
  },
  { name: "format", short: "f", value: "NAME", help: "terminal (default), json or sarif" },
  { name: "output", short: "o", value: "FILE", help: "write the report to FILE" },
  ...MODEL_OPTIONS,
  ...CACHE_OPTIONS,
  { name: "ignore-unsigned-files", help: "let files pass that nobody signed; they are told" },
  { name: "no-ignore-unsigned-files", help: "fail for them (default)" },
  {
    name: "subset",
    value: "GLOB",
    repeatable: true,
    help: "compare only files that match, such as '*.safetensors'; repeatable",
  },
  {
    name: "remote",
    value: "hf:…",
    help: "a repository on a hub, by the digests that the hub states",
  },
  {
    name: "hf-cache",
    help: "follow the links of a snapshot in a Hugging Face cache",
  },
  {
    name: "oms-compat",
    value: "NAME",
    help: "strict refuses what model-signing 0.2 and 0.3 wrote",
  },
  { name: "strict", help: "current signatures alone, and every byte read: nothing by --cache" },
  { name: "scan", help: "scan the files as well, in the same read" },
  { name: "quiet", short: "q", help: "say nothing where it holds" },
  { name: "verbose", short: "v", help: "every file and every note" },
];

export const KEY_OPTION: OptionSpec = {
  name: "public-key",
  value: "FILE",
  help: "the public key that you trust, as PEM",
};

export const EKU_OPTION: OptionSpec = {
  name: "allow-eku",
  value: "OID",
  repeatable: true,
  help: "take certificates for this purpose, too, not only for code signing",
};

export const CHAIN_OPTION: OptionSpec = {
  name: "certificate-chain",
  value: "FILE",
  repeatable: true,
  help: "the roots that you trust, as PEM; repeatable",
};

export const IDENTITY_OPTIONS: readonly OptionSpec[] = [
  { name: "identity", value: "NAME", help: "who has to have signed, to the letter (keyless)" },
  {
    name: "identity-pattern",
    value: "PATTERN",
    help: "any of many: * stands for a part of a step, ** for steps",
  },
  {
    name: "identity-provider",
    value: "URL",
    help: "where the signer logged in, to the letter",
  },
  {
    name: "trust-config",
    value: "FILE",
    help: "trust of a private instance (ClientTrustConfig or TrustedRoot)",
  },
];
