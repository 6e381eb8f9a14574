/** Why bytes are not DER, or not the structure that was expected. Thrown by the readers, caught by `tryDer`. */

export class DerProblem extends Error {
  /** Offset in the bytes that the reader was made for. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = "DerProblem";
    this.offset = offset;
  }
}

/** What `read` gives, or the problem that it met. Bugs are still thrown. */
export function tryDer<T extends object>(read: () => T): T | DerProblem {
  try {
    return read();
  } catch (error) {
    if (error instanceof DerProblem) {
      return error;
    }
    throw error;
  }
}
