/** Which files may reach outside the program, and by what. What is not listed here is forbidden nowhere. */

interface Power {
  readonly what: string;
  /** Specifiers of imports. */
  readonly imports?: readonly string[];
  /** Globals and members of globals. */
  readonly accesses?: readonly string[];
  readonly allowedIn: RegExp;
}

export const powers: readonly Power[] = [
  {
    what: "the file system",
    imports: ["node:fs", "node:fs/promises"],
    allowedIn: /^src\/(bytes\/file-source\.ts|store\/|sources\/local|cli\/)/,
  },
  {
    what: "processes and threads",
    imports: ["node:child_process", "node:worker_threads", "node:cluster"],
    allowedIn: /^src\/(sandbox\/|workers\/|cli\/(?:hash-)?worker\.ts)/,
  },
  {
    what: "the network",
    imports: [
      "node:net",
      "node:tls",
      "node:dns",
      "node:dgram",
      "node:http",
      "node:https",
      "node:http2",
      "undici",
    ],
    accesses: ["fetch", "globalThis.fetch", "WebSocket", "EventSource"],
    allowedIn: /^src\/(sources|server)\//,
  },
  {
    what: "the environment",
    accesses: ["process.env"],
    allowedIn: /^src\/cli\/config(\.ts|\/)/,
  },
  {
    what: "the terminal and the end of the process",
    imports: ["node:process", "node:readline", "node:tty"],
    accesses: [
      "process.stdout",
      "process.stderr",
      "process.stdin",
      "process.exit",
      "process.exitCode",
      ...["log", "error", "warn", "info", "debug", "table"].map((name) => `console.${name}`),
    ],
    allowedIn: /^src\/cli\//,
  },
  {
    what: "clocks and chance: the same bytes give the same report",
    accesses: ["Date", "Date.now", "performance.now", "Math.random", "process.hrtime"],
    allowedIn: /^src\/(?!(kernel|bytes|codecs|machines|formats|expressions|scan|weights|policy)\/)/,
  },
  {
    what: "code that comes as text",
    imports: ["node:vm", "node:inspector", "node:repl"],
    accesses: ["eval", "Function"],
    allowedIn: /^(?!)/,
  },
  {
    what: "zod, whose loading costs more than a small scan",
    imports: ["zod"],
    allowedIn: /\/schema\.ts$/,
  },
];
