/** Names that exist only when a stream runs: put together by functions that do no harm. */

import type { Program } from "./program.ts";

type Emit = () => unknown;

/** Text operands of `module.function(…)`: the call goes through REDUCE, OBJ or INST. */
function call(program: Program, module: string, name: string, ...args: readonly Emit[]): void {
  const { random } = program;
  const how = random.int(4);
  if (how === 0) {
    program.mark();
    program.emit("GLOBAL", module, name).push("name");
    for (const arg of args) arg();
    program.closeMark("OBJ", "thing");
    return;
  }
  if (how === 1) {
    program.mark();
    for (const arg of args) arg();
    program.closeMark("INST", "thing", module, name);
    return;
  }
  if (random.chance(0.5)) {
    program.emit("GLOBAL", module, name).push("name");
  } else {
    program.text(module).text(name).emit("STACK_GLOBAL").drop(2).push("name");
  }
  program.mark();
  for (const arg of args) arg();
  program.closeMark("TUPLE", "tuple").emit("REDUCE").drop(2).push("thing");
}

/** Calls what `callee` leaves on the stack. */
function callOn(program: Program, callee: Emit, ...args: readonly Emit[]): void {
  callee();
  program.mark();
  for (const arg of args) arg();
  program.closeMark("TUPLE", "tuple").emit("REDUCE").drop(2).push("thing");
}

function list(program: Program, items: readonly Emit[]): void {
  if (program.random.chance(0.5)) {
    program.mark();
    for (const item of items) item();
    program.closeMark(program.random.pick(["LIST", "TUPLE"]), "list");
    return;
  }
  program.emit("EMPTY_LIST").push("list");
  for (const item of items) {
    item();
    program.emit("APPEND").drop(1);
  }
}

/** Leaves `text` on the stack, written down or computed. Characters are Latin-1. */
export function computedText(program: Program, text: string, levels = 2): void {
  const { random } = program;
  const literal: Emit = () => program.text(text);
  const again =
    (part: string): Emit =>
    () =>
      computedText(program, part, levels - 1);
  const bytes =
    (value: Uint8Array): Emit =>
    () =>
      program.emit("SHORT_BINBYTES", value).push("bytes");
  if (levels === 0 || text.length > 60) {
    literal();
    return;
  }
  const cut = random.int(text.length + 1);
  const pieces = [text.slice(0, cut), text.slice(cut)];
  const builtin = random.pick(["builtins", "__builtin__"]);
  const reversed = Array.from(text).reverse().join("");
  const rot13 = text.replaceAll(/[a-z]/gi, (c) =>
    String.fromCharCode(c.charCodeAt(0) + (c.toLowerCase() < "n" ? 13 : -13)),
  );
  const raw = Buffer.from(text, "latin1");
  const number =
    (value: number): Emit =>
    () =>
      program.emit("BININT2", value).push("number");
  random.pick<Emit>([
    literal,
    () =>
      call(
        program,
        "operator",
        random.pick(["add", "concat"]),
        again(pieces[0]!),
        again(pieces[1]!),
      ),
    () =>
      call(
        program,
        random.pick(["_codecs", "codecs"]),
        random.pick(["encode", "decode"]),
        () => program.text(rot13),
        () => program.text("rot13"),
      ),
    () =>
      callOn(
        program,
        () =>
          call(
            program,
            builtin,
            "getattr",
            () => program.text(""),
            () => program.text("join"),
          ),
        () =>
          list(
            program,
            Array.from(text).map((c) => () => program.text(c)),
          ),
      ),
    () =>
      call(
        program,
        builtin,
        "str.join",
        () => program.text(""),
        () => list(program, pieces.map(again)),
      ),
    () => call(program, builtin, "bytes.decode", bytes(raw), () => program.text("latin-1")),
    () =>
      call(program, builtin, "str", bytes(raw), () =>
        program.text(random.pick(["latin1", "ascii", "utf-8"])),
      ),
    () =>
      call(
        program,
        "operator",
        "getitem",
        () => list(program, [() => program.text("x"), again(text), () => program.text("y")]),
        number(1),
      ),
    () =>
      callOn(
        program,
        () =>
          call(
            program,
            builtin,
            "getattr",
            () => program.text(text.replaceAll("n", "#")),
            () => program.text("replace"),
          ),
        () => program.text("#"),
        () => program.text("n"),
      ),
    () =>
      callOn(
        program,
        () => call(program, "operator", "methodcaller", () => program.text("lower")),
        () => program.text(text.toLowerCase() === text ? text.toUpperCase() : text),
      ),
    () =>
      call(
        program,
        builtin,
        "bytes.decode",
        () => call(program, "binascii", "unhexlify", () => program.text(raw.toString("hex"))),
        () => program.text("latin-1"),
      ),
    () =>
      call(
        program,
        builtin,
        "bytes.decode",
        () => call(program, "base64", "b64decode", () => program.text(raw.toString("base64"))),
        () => program.text("utf-8"),
      ),
    () =>
      call(
        program,
        builtin,
        "str.join",
        () => program.text(""),
        () => call(program, builtin, "reversed", () => program.text(reversed)),
      ),
    () =>
      call(
        program,
        builtin,
        "str.join",
        () => program.text(""),
        () =>
          call(
            program,
            builtin,
            "map",
            () => program.emit("GLOBAL", builtin, "chr").push("name"),
            () =>
              list(
                program,
                [...raw].map((code) => number(code)),
              ),
          ),
      ),
    () =>
      call(
        program,
        "functools",
        "reduce",
        () => program.emit("GLOBAL", "operator", "add").push("name"),
        () => list(program, pieces.map(again)),
      ),
    () =>
      callOn(
        program,
        () =>
          call(
            program,
            "functools",
            "partial",
            () => program.emit("GLOBAL", "operator", "concat").push("name"),
            again(pieces[0]!),
          ),
        again(pieces[1]!),
      ),
    () =>
      call(
        program,
        builtin,
        "str.format",
        () => program.text("{}{}"),
        again(pieces[0]!),
        again(pieces[1]!),
      ),
    () =>
      call(
        program,
        "operator",
        "mod",
        () => program.text("%s%s"),
        () => list(program, pieces.map(again)),
      ),
    () =>
      call(
        program,
        "operator",
        "getitem",
        () => program.text(`ab${text}`),
        () => call(program, builtin, "slice", number(2), () => program.emit("NONE").push("number")),
      ),
    () =>
      call(
        program,
        "operator",
        "getitem",
        () => program.text(reversed),
        () =>
          call(
            program,
            builtin,
            "slice",
            () => program.emit("NONE").push("number"),
            () => program.emit("NONE").push("number"),
            () => program.emit("BININT", -1).push("number"),
          ),
      ),
    () =>
      callOn(
        program,
        () => call(program, "operator", "itemgetter", number(1)),
        () => list(program, [() => program.text("x"), again(text)]),
      ),
    () => call(program, "operator", "mul", again(text), number(1)),
    () => call(program, builtin, "str.strip", () => program.text(` ${text} `)),
    () => call(program, builtin, "max", () => list(program, [again(text), () => program.text("")])),
  ])();
}

/** Looks up the program's next name by a module and a name of which at least one may be computed. */
export function computedLookUp(program: Program): void {
  const name = program.nextName();
  computedText(program, program.random.pick(["wb_a", "wb_b.c", "os"]));
  if (program.random.chance(0.3)) {
    program.emit("MEMOIZE");
  }
  computedText(program, name);
  program.emit("STACK_GLOBAL").drop(2).push("name");
}
