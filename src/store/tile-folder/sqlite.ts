/** Node's SQLite, without the line on standard error by which Node 22 says that it is young. */

import type * as Sqlite from "node:sqlite";

let loaded: typeof Sqlite | undefined;

export function sqlite(): typeof Sqlite {
  return (loaded ??= loadQuietly());
}

function loadQuietly(): typeof Sqlite {
  const loud = Object.getOwnPropertyDescriptor(process, "emitWarning");
  process.emitWarning = () => undefined;
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    if (loud !== undefined) {
      Object.defineProperty(process, "emitWarning", loud);
    }
  }
}
