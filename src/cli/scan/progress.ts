/** What the program shows of a scan's progress; by default nothing. */

export interface Progress {
  plan(files: number, bytes: number): void;
  /** `bytes` of the file are done. */
  advance(file: string, bytes: number): void;
  finished(file: string, bytes: number): void;
  /** Takes away what is shown, until there is news. */
  clear(): void;
}

export const NO_PROGRESS: Progress = {
  plan: () => undefined,
  advance: () => undefined,
  finished: () => undefined,
  clear: () => undefined,
};
