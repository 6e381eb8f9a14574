/** Why a template is none. Thrown inside this folder and caught by `parseTemplate`. */

export class SyntaxProblem extends Error {
  readonly at: number;
  /** The text is sound as far as it was followed: it is only too large or lies too deep. */
  readonly isLimit: boolean;

  constructor(message: string, at: number, isLimit = false) {
    super(message);
    this.at = at;
    this.isLimit = isLimit;
  }
}
