/**
 * The models of the demonstration. What the hostile ones would do, if anything ever loaded them, is to
 * create an empty file `wb_canary`; here they are only written.
 */

import { deflateSync } from "node:zlib";

import * as assemble from "./pickle-assembler.ts";
import { zip } from "./zip-writer.ts";

const { call, dictionary, float, global, integer, op, pickle, stackGlobal, text, tuple } = assemble;

export interface DemoModel {
  readonly path: string;
  /** What it is, in a line. */
  readonly about: string;
  readonly bytes: Uint8Array;
}

const COMMAND = "touch wb_canary";
const STATEMENT = "open('wb_canary', 'w').close()";

/** All of them, in the order in which a scan meets them. */
export function demoModels(): readonly DemoModel[] {
  return [
    {
      path: "damaged/truncated.pt",
      about: "the checkpoint below, cut off by an interrupted download",
      bytes: checkpoint().subarray(0, 400),
    },
    {
      path: "harmless/settings.pkl",
      about: "a plain pickle: a dictionary of numbers and text",
      bytes: settings(),
    },
    {
      path: "harmless/state-dict.pt",
      about: "weights as torch.save writes them",
      bytes: checkpoint(),
    },
    {
      path: "harmless/weights.npy",
      about: "an array of numbers as numpy.save writes it",
      bytes: npy("<f4", "(2, 3)", weights()),
    },
    {
      path: "hostile/compressed.joblib",
      about: "joblib's compression around a pickle that runs Python code",
      bytes: deflateSync(pickle(3, call(global("builtins", "exec"), text(STATEMENT)))),
    },
    {
      path: "hostile/disguised.pt",
      about: "a checkpoint that works, with a shell command in passing, under a name that hides it",
      bytes: checkpoint(hiddenCommand()),
    },
    {
      path: "hostile/object-array.npy",
      about: "an array of objects: numpy reads those through pickle",
      bytes: npy(
        "|O",
        "(1,)",
        pickle(2, call(global("builtins", "open"), text("wb_canary"), text("w"))),
      ),
    },
    {
      path: "hostile/shell-command.pkl",
      about: "the oldest trick: a pickle that calls os.system",
      bytes: Buffer.from(`cos\nsystem\n(S'${COMMAND}'\ntR.`),
    },
    {
      path: "unknown/custom-class.pkl",
      about: "an object of a class that only its author has",
      bytes: pickle(
        2,
        global("mycompany.models", "Scaler"),
        op(")"),
        op("\u0081"),
        dictionary({ factor: float(0.5) }),
        op("b"),
      ),
    },
  ];
}

function settings(): Uint8Array {
  return pickle(
    4,
    dictionary({ name: text("demo"), layers: integer(2), rate: float(0.001), tags: op("]") }),
  );
}

function weights(): Uint8Array {
  const bytes = Buffer.alloc(24);
  for (let index = 0; index < 6; index += 1) {
    bytes.writeFloatLE(index / 4, index * 4);
  }
  return bytes;
}

/** A torch checkpoint: a zip whose pickle names the raw numbers beside it. */
function checkpoint(hidden?: Uint8Array): Uint8Array {
  const ordered = call(global("collections", "OrderedDict"));
  const storage = tuple(
    text("storage"),
    global("torch", "FloatStorage"),
    text("0"),
    text("cpu"),
    integer(6),
  );
  const tensor = call(
    global("torch._utils", "_rebuild_tensor_v2"),
    Buffer.concat([storage, op("Q")]),
    integer(0),
    tuple(integer(2), integer(3)),
    tuple(integer(3), integer(1)),
    op("\u0089"),
    ordered,
  );
  const state = Buffer.concat([ordered, assemble.setItems({ "layer.weight": tensor })]);
  const program = hidden === undefined ? pickle(2, state) : pickle(4, hidden, state);
  return zip([
    { name: "archive/data.pkl", bytes: program, deflate: hidden !== undefined },
    { name: "archive/byteorder", bytes: Buffer.from("little") },
    { name: "archive/data/0", bytes: weights() },
    { name: "archive/version", bytes: Buffer.from("3\n") },
  ]);
}

/** Reaches `os.system` through a module that imports it, and drops the result. */
function hiddenCommand(): Uint8Array {
  return Buffer.concat([
    call(stackGlobal("torch.serialization", "os.system"), text(COMMAND)),
    op("0"),
  ]);
}

/** Specification: numpy.lib.format, version 1.0. */
function npy(type: string, shape: string, content: Uint8Array): Uint8Array {
  const description = `{'descr': '${type}', 'fortran_order': False, 'shape': ${shape}, }`;
  const prefix = 10;
  const padded = Math.ceil((prefix + description.length + 1) / 64) * 64 - prefix;
  const header = Buffer.from(`${description.padEnd(padded - 1)}\n`);
  const size = Buffer.alloc(2);
  size.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from("\u0093NUMPY\u0001\u0000", "latin1"), size, header, content]);
}
