import { describe, expect, it } from "vitest";

import { called, global, pickle, tuple } from "../../../test/builders/pickle.ts";
import type { PickleBuilder, PickleValue } from "../../../test/builders/pickle.ts";
import { readAsset } from "../../bytes/file-source.ts";
import { Governor } from "../../bytes/governor.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { PickleAnalysis } from "./analyze.ts";
import { NameTables } from "./names/name-tables.ts";
import type { Observation } from "./observation.ts";

const UNKNOWN = { called: "unknown", referenced: "unknown" };

/** Names of a library that there is not, in place of the ones that ship. */
const TABLE = {
  groups: [
    { effect: "exec", does: "run a step", implies: UNKNOWN, names: { lab: "step" } },
    { effect: "exec", does: "run a program", names: { lab: "run" } },
    { effect: "attribute", does: "get an attribute", names: { lab: "get" } },
    { effect: "file", does: "write a file", write: "always", names: { lab: "save" } },
    {
      effect: "file",
      does: "open a file",
      write: { mode: 1, sentence: "open {0} for writing" },
      names: { lab: "open" },
    },
    { effect: "call", does: "call a function", names: { lab: "each" } },
  ],
};

const names = new NameTables([], (path) =>
  path === "dangerous-names.json" ? TABLE : readAsset(path),
);

function analyzed(stream: PickleBuilder): PickleAnalysis {
  const source = new MemorySource(stream.bytes(), "test.pkl");
  const analysis = new PickleAnalysis(source, { names, governor: new Governor() });
  analysis.add(0);
  return analysis;
}

function dangerousCalls(stream: PickleBuilder): Observation[] {
  return analyzed(stream)
    .findings.observations.list()
    .filter(({ kind }) => kind === "dangerous-call");
}

/** What is said of dangerous calls in a stream, and how bad it is. */
function judged(stream: PickleBuilder): (string | undefined)[][] {
  return dangerousCalls(stream).map(({ message, implies, severity }) => [
    message,
    implies,
    severity,
  ]);
}

function handed(...args: readonly PickleValue[]): (string | undefined)[][] {
  return judged(
    pickle()
      .proto(4)
      .call("elsewhere", "function", ...args)
      .op("STOP"),
  );
}

const step = global("lab", "step");
const run = global("lab", "run");
const get = global("lab", "get");

describe("callables that are handed to a function", () => {
  const to = (name: string, does: string): string =>
    `hands lab.${name} to elsewhere.function, which would ${does}`;

  it("weigh what their effect does", () => {
    expect(handed(run)).toEqual([[to("run", "run a program"), "malicious", "critical"]]);
    expect(handed(get)).toEqual([[to("get", "get an attribute"), "suspicious", "high"]]);
  });

  it("weigh what their own entry says instead", () => {
    expect(handed(step)).toEqual([[to("step", "run a step"), "unknown", "high"]]);
  });

  it("weigh what a call does without regard to its arguments", () => {
    expect(handed(global("lab", "save"))).toEqual([
      [to("save", "write a file"), "malicious", "critical"],
    ]);
  });

  it.each<[string, readonly PickleValue[]]>([
    ["first", [run, step, get]],
    ["last", [step, get, run]],
    ["inside a list", [step, [get, [run]]]],
    ["in a partial function", [step, called("functools", "partial", run)]],
    ["behind one in the same list", [[step, run]]],
  ])("the worst of several is told: %s", (_, args) => {
    const told = handed(...args).filter(([message]) => message?.startsWith("hands"));
    expect(told).toEqual([[to("run", "run a program"), "malicious", "critical"]]);
  });
});

describe("callables that are kept to be called later", () => {
  it.each([
    ["run", "run a program", "malicious", "critical"],
    ["step", "run a step", "unknown", "high"],
  ])("%s weighs what a call of it does", (name, does, implies, severity) => {
    const stream = pickle().proto(4).call("functools", "partial", global("lab", name)).op("STOP");
    expect(judged(stream)).toEqual([
      [`keeps lab.${name} to be called later, which would ${does}`, implies, severity],
    ]);
  });
});

describe("callables that are handed to a dangerous function", () => {
  it("are what is told where they are as bad", () => {
    expect(judged(pickle().proto(4).call("lab", "each", run).op("STOP"))).toEqual([
      ["hands lab.run to lab.each, which would run a program", "malicious", "critical"],
    ]);
  });

  it("hide nothing that the function does by itself", () => {
    expect(judged(pickle().proto(4).call("lab", "run", "x", step).op("STOP"))).toEqual([
      ["hands lab.step to lab.run, which would run a step", "unknown", "high"],
      ["would run a program", "malicious", "critical"],
    ]);
    expect(judged(pickle().proto(4).call("lab", "run", tuple(get)).op("STOP"))).toHaveLength(2);
  });
});

describe("calls of one name", () => {
  const open = (mode: string): PickleBuilder =>
    pickle()
      .proto(4)
      .value(called("lab", "open", "x", mode))
      .op("POP");
  const stream = (...modes: readonly string[]): PickleBuilder => {
    const bytes = modes.map((mode) => open(mode).bytes().subarray(2));
    return pickle().proto(4).raw(Buffer.concat(bytes)).value(null).op("STOP");
  };

  it.each([
    [["r", "w"], 'would open "x" for writing', "malicious"],
    [["w", "r"], 'would open "x" for writing', "malicious"],
    [["r", "r"], "would open a file", "suspicious"],
  ])("%s: the worst is told, and all are counted", (modes, message, implies) => {
    expect(judged(stream(...modes)).map((told) => told.slice(0, 2))).toEqual([[message, implies]]);
    expect(dangerousCalls(stream(...modes, ...modes)).map(({ count }) => count)).toEqual([4]);
  });
});

describe("more names than are listed", () => {
  it("crowd out nothing that is worse", () => {
    const stream = pickle().proto(4);
    for (let name = 0; name < 1100; name += 1) {
      stream.call("elsewhere", `function${name}`).op("POP");
    }
    stream.call("lab", "run").op("STOP");
    expect(judged(stream)).toEqual([["would run a program", "malicious", "critical"]]);
    expect(analyzed(stream).findings.observations.dropped).toBe(100);
  });
});

describe("a name of the standard library that nobody vouches for", () => {
  it("is as bad as the worst that is done to it", () => {
    const stream = pickle()
      .proto(4)
      .value(global("graphlib", "TopologicalSorter"))
      .op("EMPTY_TUPLE")
      .op("NEWOBJ")
      .op("POP")
      .value(called("graphlib", "TopologicalSorter"))
      .op("STOP");
    const told = analyzed(stream).findings.observations.list();

    expect(told.map(({ kind, implies, count }) => [kind, implies, count])).toEqual([
      ["unknown-call", "suspicious", 2],
    ]);
  });
});
