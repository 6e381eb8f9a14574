/** What the fast walk says of a stream that is nothing but data. */

/** An operand in which something may be nested. */
export interface Candidate {
  readonly opcode: number;
  readonly start: number;
  readonly end: number;
}

export interface PlainStream {
  /** Position after STOP. */
  readonly end: number;
  readonly opcodes: number;
  readonly protocol: number;
  readonly maxDepth: number;
  readonly candidates: readonly Candidate[];
}
