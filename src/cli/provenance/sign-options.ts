/** Options that all ways of signing share. */

import type { OptionSpec } from "../command.ts";
import { LOG_OPTION } from "../log/log-option.ts";
import { CACHE_OPTIONS } from "./cache-options.ts";
import { MODEL_OPTIONS } from "./model-options.ts";

const TARGET_OPTION: OptionSpec = {
  name: "signature",
  value: "FILE",
  help: "where the signature goes (default: model.sig)",
};

const COMPAT_OPTION: OptionSpec = {
  name: "oms-compat",
  value: "NAME",
  help: "python-1.1: what model-signing 1.1 accepts for a single file",
};

const SCAN_OPTIONS: readonly OptionSpec[] = [
  { name: "scan", help: "scan the model before it is signed, in the same read (default)" },
  { name: "no-scan", help: "sign without looking at what it does" },
  { name: "sign-anyway", help: "sign what the scan finds malicious, or with a bad certificate" },
];

/** Who signs. */
export const SIGNER_OPTIONS: readonly OptionSpec[] = [
  {
    name: "private-key",
    value: "FILE",
    help: "the key, as PEM; encrypted ones ask for a password",
  },
  { name: "password-stdin", help: "take the password from standard input" },
  {
    name: "password",
    value: "TEXT",
    help: "the password, where everybody on this machine sees it",
  },
  {
    name: "exec",
    value: "COMMAND",
    help: "sign with a program instead of a key; see docs/signing.md",
  },
  {
    name: "timestamp",
    value: "URL",
    help: "have an authority state when it was signed (RFC 3161)",
  },
];

export const SIGN_OPTIONS: readonly OptionSpec[] = [
  TARGET_OPTION,
  ...SIGNER_OPTIONS,
  ...SCAN_OPTIONS,
  ...MODEL_OPTIONS,
  ...CACHE_OPTIONS,
  {
    name: "incremental",
    value: "FILE",
    help: "sign anew after FILE, your earlier signature; implies --cache",
  },
  { name: "verbose", short: "v", help: "name every file that was not read again" },
  COMPAT_OPTION,
  LOG_OPTION,
];

/** Of those who sign by logging in. */
export const SIGN_KEYLESS_OPTIONS: readonly OptionSpec[] = [
  TARGET_OPTION,
  {
    name: "identity-token-file",
    value: "FILE",
    help: "the identity token, from a file; - for standard input",
  },
  {
    name: "identity-token",
    value: "TOKEN",
    help: "the token itself, where everybody on this machine sees it",
  },
  {
    name: "use-ambient-credentials",
    help: "the identity of the place (default where there is one)",
  },
  { name: "browser", help: "log in by a browser (default at a terminal without such identity)" },
  { name: "client-id", value: "NAME", help: "of the login by a browser (default: sigstore)" },
  {
    name: "trust-config",
    value: "FILE",
    help: "services and trust of a private instance (ClientTrustConfig)",
  },
  ...SCAN_OPTIONS,
  ...MODEL_OPTIONS,
  COMPAT_OPTION,
  LOG_OPTION,
];
