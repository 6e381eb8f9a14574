/* oxlint-disable unicorn/no-array-reduce -- REDUCE is an opcode */

import { describe, expect, it } from "vitest";

import { analyze } from "../../../test/analyze-pickle.ts";
import { called, global, pickle, tuple } from "../../../test/builders/pickle.ts";
import type { PickleBuilder } from "../../../test/builders/pickle.ts";

const p4 = (): PickleBuilder => pickle().proto(4);
const RUN = 'would run the shell command "touch wb_canary"';

describe("calls", () => {
  it.each([
    ["REDUCE", pickle().call("os", "system", "touch wb_canary")],
    ["STACK_GLOBAL", p4().call("os", "system", "touch wb_canary")],
    ["INST", pickle().op("MARK").value("touch wb_canary").op("INST", "os", "system")],
    ["OBJ", pickle().op("MARK").global("os", "system").value("touch wb_canary").op("OBJ")],
    ["the result is dropped", pickle().value(1).call("os", "system", "touch wb_canary").op("POP")],
    ["posix", pickle().call("posix", "system", "touch wb_canary")],
    ["a dotted name through a module", p4().call("random", "_os.system", "touch wb_canary")],
  ])("%s", (_, stream) => {
    expect(analyze(stream.done()).of("dangerous-call")).toEqual([RUN]);
  });

  it("names come with what is done with them", () => {
    const stream = p4().call("collections", "OrderedDict").op("POP").global("os", "system");

    const uses = analyze(stream.done()).analysis.findings.names.list();

    expect(uses.map(({ name, used }) => [name, used])).toEqual([
      ["OrderedDict", 1 | 2],
      ["system", 1],
    ]);
  });

  it("a reference without a call is a reference", () => {
    const { of } = analyze(p4().global("os", "system").done());

    expect(of("dangerous-call")).toEqual([]);
    expect(of("dangerous-reference")).toHaveLength(1);
  });
});

describe("names that are put together", () => {
  const rot13 = called("_codecs", "encode", "flfgrz", "rot13");
  it.each([
    ["str.join", p4().stackGlobal(called("builtins", "str.join", "", ["o", "s"]), "system")],
    ["rot13", p4().stackGlobal("os", rot13)],
    [
      "bytes.decode",
      p4().stackGlobal(called("builtins", "bytes.decode", Buffer.from("os"), "utf-8"), "system"),
    ],
    ["base64", p4().stackGlobal(called("base64", "b64decode", "b3M="), "system")],
    [
      "getattr of an imported module",
      p4().value(called("builtins", "getattr", called("builtins", "__import__", "os"), "system")),
    ],
    ["pkgutil.resolve_name", p4().call("pkgutil", "resolve_name", "os:system")],
  ])("%s", (_, stream) => {
    const { names } = analyze(stream.reduce("touch wb_canary").done());

    // base64 gives bytes, which no reader takes for a name.
    expect(names.includes("os.system")).toBe(_ !== "base64");
  });

  it("a name that cannot be folded is computed", () => {
    const stream = p4().stackGlobal(called("mystery", "name"), "system").reduce("x");

    expect(analyze(stream.done()).of("computed-name")).toHaveLength(1);
  });

  it("getattr on a class is how methods are written, and hides nothing", () => {
    const { of } = analyze(
      pickle()
        .proto(2)
        .call("__builtin__", "getattr", global("__builtin__", "str"), "lower")
        .done(),
    );

    expect(of("folded-name")).toEqual([]);
    expect(of("dangerous-call")).toEqual([]);
  });
});

describe("wrapped calls", () => {
  it.each([
    [
      "functools.partial, called",
      p4()
        .value(called("functools", "partial", global("os", "system"), "touch wb_canary"))
        .reduce(),
    ],
    [
      "map",
      p4().call(
        "builtins",
        "list",
        called("builtins", "map", global("os", "system"), ["touch wb_canary"]),
      ),
    ],
    [
      "operator.methodcaller",
      p4()
        .value(called("operator", "methodcaller", "system", "touch wb_canary"))
        .reduce(called("importlib", "import_module", "os")),
    ],
    [
      "operator.attrgetter",
      p4()
        .value(called("operator", "attrgetter", "system"))
        .reduce(called("importlib", "import_module", "os"))
        .reduce("touch wb_canary"),
    ],
  ])("%s", (_, stream) => {
    expect(analyze(stream.done()).of("dangerous-call")).toContain(RUN);
  });

  it("a partial that is kept bites later", () => {
    const { observations } = analyze(
      p4().call("functools", "partial", global("os", "system"), "x").done(),
    );

    expect(observations).toContainEqual(
      expect.objectContaining({ kind: "dangerous-call", trigger: "inference" }),
    );
  });

  it("a deferred callable is only as harmless as it is: FunctionTransformer(func=os.system)", () => {
    const module = "sklearn.preprocessing._function_transformer";
    const transformer = (func: ReturnType<typeof global>) =>
      p4()
        .global(module, "FunctionTransformer")
        .op("EMPTY_TUPLE")
        .op("NEWOBJ")
        .build(new Map([["func", func]]))
        .done();

    expect(analyze(transformer(global("numpy", "log1p"))).observations).toEqual([]);
    expect(analyze(transformer(global("os", "system"))).of("dangerous-reference")).toHaveLength(1);
  });
});

describe("state", () => {
  it("BUILD on a class or function changes the process", () => {
    const stream = p4()
      .global("numpy", "size")
      .build(new Map([["__code__", 1]]));

    expect(analyze(stream.done()).of("state-injection")).not.toEqual([]);
  });

  it("a planted __setstate__ is called by the next BUILD", () => {
    const stream = p4()
      .global("collections", "OrderedDict")
      .op("EMPTY_TUPLE")
      .op("NEWOBJ")
      .build(new Map([["__setstate__", global("os", "system")]]))
      .build("touch wb_canary");

    const { of } = analyze(stream.done());

    expect(of("dangerous-call")).toContain(RUN);
    expect(of("state-injection")).toHaveLength(1);
  });

  it("storing into what was imported changes the process", () => {
    const stream = p4().global("os", "environ").value("A").value("b").op("SETITEM");

    expect(analyze(stream.done()).of("changes-import")).toHaveLength(1);
  });
});

describe("extension registry and buffers", () => {
  it("resolves a code that the stream itself registers", () => {
    const stream = p4()
      .call("copyreg", "add_extension", "os", "system", 240)
      .op("POP")
      .op("EXT1", 240);

    expect(analyze(stream.reduce("touch wb_canary").done()).of("dangerous-call")).toContain(RUN);
  });

  it("other codes are only known to the loading process", () => {
    expect(analyze(p4().op("EXT1", 7).done()).of("extension-code")).toHaveLength(1);
  });

  it("out-of-band buffers are not in the file", () => {
    expect(
      analyze(pickle().proto(5).op("NEXT_BUFFER").done()).of("out-of-band-buffer"),
    ).toHaveLength(1);
  });
});

describe("expansion", () => {
  const laughs = (levels: number): Buffer => {
    const stream = p4().value(["lol"]).memoize();
    for (let level = 0; level < levels; level += 1) {
      stream.op("POP").op("MARK");
      for (let copy = 0; copy < 10; copy += 1) {
        stream.get(level);
      }
      stream.op("LIST").memoize();
    }
    return stream.done();
  };

  it("sees what a few bytes unfold to", () => {
    expect(analyze(laughs(12)).of("expansion")).toHaveLength(1);
    expect(analyze(laughs(2)).of("expansion")).toEqual([]);
  });

  it("through tuples as well", () => {
    const stream = p4().value(tuple("lol")).memoize();
    for (let level = 0; level < 12; level += 1) {
      stream.op("POP").op("MARK");
      for (let copy = 0; copy < 10; copy += 1) {
        stream.get(level);
      }
      stream.op("TUPLE").memoize();
    }

    expect(analyze(stream.done()).of("expansion")).toHaveLength(1);
  });
});

describe("bounded work", () => {
  it("300,000 levels of nesting", () => {
    const bytes = Buffer.concat([Buffer.from("N"), Buffer.alloc(300_000, 0x85), Buffer.from(".")]);

    expect(analyze(bytes).analysis.streams[0]?.status).toBe("complete");
  });

  it("three million opcodes that do nothing, before a payload", () => {
    const bytes = Buffer.concat([
      Buffer.from("N0".repeat(1_500_000)),
      pickle().call("os", "system", "touch wb_canary").done(),
    ]);

    expect(analyze(bytes).of("dangerous-call")).toEqual([RUN]);
  });

  it("a memo index of two billion", () => {
    const stream = pickle()
      .value(1)
      .op("LONG_BINPUT", 2 ** 31 - 1);

    expect(analyze(stream.done()).of("memory-claim")).toHaveLength(1);
  });

  it("a claim of terabytes", () => {
    const bytes = Buffer.concat([
      Buffer.from([0x80, 4, 0x8e]),
      Buffer.from([0, 0, 0, 0, 0, 1, 0, 0]),
    ]);

    const { analysis, of } = analyze(bytes);

    expect(of("memory-claim")).toHaveLength(1);
    expect(analysis.streams[0]?.status).toBe("truncated");
  });
});

it("traces a stream as pseudo-Python", () => {
  const { trace } = analyze(p4().call("os", "system", "touch wb_canary").done(), { traced: true });

  expect(trace[0]).toMatch(/^_1 = os\.system\("touch wb_canary"\) {2}# 0x/);
});

it("bytes that a call would load are handed on", () => {
  const inner = pickle().call("os", "system", "touch wb_canary").done();
  const { analysis } = analyze(
    pickle().proto(3).call("torch.storage", "_load_from_bytes", inner).done(),
  );

  expect(analysis.findings.loads).toMatchObject([{ as: "pytorch" }]);
});
