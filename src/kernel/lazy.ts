/** A module, or anything else, that is loaded when it is first asked for, where asking again has to cost nothing. */
export function lazy<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => (loaded ??= load());
}
