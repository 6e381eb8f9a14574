/** Where readers of the same bytes part: each case names who stops and shows that the rest is followed. */

/* oxlint-disable unicorn/no-array-reduce -- REDUCE is an opcode */

import { describe, expect, it } from "vitest";

import { analyze } from "../../../test/analyze-pickle.ts";
import { pickle } from "../../../test/builders/pickle.ts";
import type { PickleBuilder } from "../../../test/builders/pickle.ts";

const C = "CPython's C unpickler";
const PYTHON = "CPython's Python unpickler";
const TOOLS = "pickletools";

/** The payload, behind what makes some reader stop. */
function payload(builder: PickleBuilder): Buffer {
  return builder.op("POP").call("os", "system", "touch wb_canary").done();
}

describe("text operands that stop some readers before a payload", () => {
  it.each([
    ["INT in hexadecimal", pickle().op("INT", "0x1"), [TOOLS]],
    ["INT in binary", pickle().op("INT", "0b1"), [TOOLS]],
    ["INT with a leading zero, octal for C", pickle().op("INT", "017"), [PYTHON]],
    ["LONG in hexadecimal", pickle().op("LONG", "0x1L"), [TOOLS]],
    ["STRING with a byte above 0x7f", pickle().op("STRING", "'\u00ff'"), [TOOLS]],
    ["FLOAT with a leading blank", pickle().op("FLOAT", " 1.0"), [C]],
    ["FLOAT with an underscore", pickle().op("FLOAT", "1_0.0"), [C]],
  ])("%s", (_, prefix, stopped) => {
    const { stops, of } = analyze(payload(prefix));

    expect(stops).toEqual([{ readers: stopped, reason: expect.any(String) }]);
    expect(of("dangerous-call")).toEqual(['would run the shell command "touch wb_canary"']);
  });

  it("GLOBAL in UTF-8 stops pickletools alone", () => {
    const stream = pickle().op("GLOBAL", Buffer.from("módulo"), "Klasse").op("POP");

    const { stops, names } = analyze(stream.call("os", "system", "touch wb_canary").done());

    expect(stops.map(({ readers }) => readers)).toEqual([[TOOLS]]);
    expect(names).toContain("módulo.Klasse");
    expect(names).toContain("os.system");
  });
});

describe("frames", () => {
  it("a frame that ends inside an operand: Python stops, C from a file reads other bytes", () => {
    // C loses the rest of the frame: the count of BINBYTES is then 1, and its content opcodes.
    const stream = pickle()
      .proto(4)
      .raw([0x95, 2, 0, 0, 0, 0, 0, 0, 0], [0x42, 0x20, 1, 0, 0, 0, 0])
      .raw("cos\nsystem\n(S'touch wb_canary'\ntR")
      .raw("N".repeat(24), "0.");

    const { stops, of } = analyze(stream.bytes());

    expect(stops).toContainEqual({ readers: [PYTHON], reason: "a frame ends inside an operand" });
    expect(of("dangerous-call")).toEqual(['would run the shell command "touch wb_canary"']);
  });

  it("a frame longer than the file stops C, and Python goes on", () => {
    const stream = pickle().proto(4).op("FRAME", 1000).call("os", "system", "touch wb_canary");

    const { stops, of } = analyze(stream.done());

    expect(stops).toContainEqual({ readers: [C], reason: "a frame is longer than what is left" });
    expect(of("dangerous-call")).toHaveLength(1);
  });

  it("frames that fit are no divergence", () => {
    const stream = pickle()
      .proto(4)
      .framed((inner) => inner.value(["a", 1]).op("STOP"));

    expect(analyze(stream.bytes()).stops).toEqual([]);
  });
});

describe("damage behind a payload", () => {
  it.each([
    ["no STOP", pickle().call("os", "system", "touch wb_canary").bytes(), "truncated"],
    ["an invalid opcode", pickle().call("os", "system", "x").raw([0xff]).bytes(), "damaged"],
    [
      "an operand longer than the file",
      pickle().call("os", "system", "x").raw([0x42, 0xff, 0xff, 0xff, 0x7f]).bytes(),
      "truncated",
    ],
  ])("%s keeps what was found", (_, bytes, status) => {
    const { analysis, of } = analyze(bytes);

    expect(analysis.streams[0]?.status).toBe(status);
    expect(of("dangerous-call")).toHaveLength(1);
  });

  it("text that is not UTF-8 stops every loader and hides nothing", () => {
    const bytes = pickle().call("os", "system", "x").raw([0x58, 2, 0, 0, 0, 0xff, 0xff]).done();

    expect(analyze(bytes).of("dangerous-call")).toHaveLength(1);
  });
});

describe("memo games", () => {
  const names = (build: (builder: PickleBuilder) => PickleBuilder): string[] =>
    analyze(build(pickle().proto(4)).op("STACK_GLOBAL").reduce("x").done()).of("dangerous-call");

  it.each([
    [
      "PUT after POP takes the top of the stack",
      (b: PickleBuilder) =>
        b
          .value("os")
          .value("decoy")
          .op("POP")
          .put(0)
          .op("POP")
          .value("system")
          .put(1)
          .op("POP")
          .get(0)
          .get(1),
    ],
    [
      "MEMOIZE after POP",
      (b: PickleBuilder) =>
        b
          .value("os")
          .value("decoy")
          .op("POP")
          .memoize()
          .op("POP")
          .value("system")
          .memoize()
          .op("POP")
          .get(0)
          .get(1),
    ],
    [
      "a slot overwritten behind a decoy",
      (b: PickleBuilder) =>
        b
          .value("math")
          .put(0)
          .op("POP")
          .value("os")
          .put(0)
          .op("POP")
          .value("system")
          .put(1)
          .op("POP")
          .get(0)
          .get(1),
    ],
  ])("%s", (_, build) => {
    expect(names(build)).toEqual(['would run the shell command "x"']);
  });

  it("the second stream has a memo of its own, and a reader that keeps the first one's is followed, too", () => {
    const first = pickle()
      .proto(4)
      .value("os")
      .memoize()
      .op("POP")
      .value("system")
      .memoize()
      .done();
    const second = pickle()
      .proto(4)
      .get(0)
      .get(1)
      .op("STACK_GLOBAL")
      .reduce("touch wb_canary")
      .done();

    const { of } = analyze(Buffer.concat([first, second]));

    expect(of("dangerous-call")).toContain('would run the shell command "touch wb_canary"');
  });
});

describe("arguments that are not a tuple", () => {
  it("a list stops C and is called by Python", () => {
    const stream = pickle().proto(2).global("os", "system").value(["touch wb_canary"]).op("REDUCE");

    const { stops, of } = analyze(stream.done());

    expect(stops).toContainEqual({
      readers: [C],
      reason: "the arguments of a call are not a tuple",
    });
    expect(of("dangerous-call")).toHaveLength(1);
  });
});

it("ordinary streams of every protocol part no readers", () => {
  for (const protocol of [0, 1, 2, 3, 4, 5]) {
    const stream = pickle()
      .proto(protocol)
      .value(["text", 1, 2.5, null, true, 2n ** 70n]);

    expect(analyze(stream.done()).stops).toEqual([]);
  }
});
