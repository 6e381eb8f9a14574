/** What a template can do beyond writing out a conversation. */

export type CapabilityKind =
  /** Reaches attributes of the interpreter. */
  | "internals"
  /** Calls what runs code or opens files. */
  | "dangerous-call"
  /** Computes the name of an attribute from what is not known. */
  | "computed-name"
  | "file-access"
  /** Reaches objects of a web framework. */
  | "framework-object"
  | "exhaustion"
  /** What it writes depends on words of the conversation or on the date. */
  | "conditional-output"
  /** Holds text that nobody sees who reads it. */
  | "hidden-text"
  /** Calls a function that is not known. */
  | "unknown-call";

export interface Capability {
  readonly kind: CapabilityKind;
  /** What is reached: a name, a path. Comes from the template. */
  readonly subject: string;
  /** It was put together from parts, and does not stand in the template. */
  readonly isHidden: boolean;
  /** In UTF-16 units of the template. */
  readonly at: number;
}
