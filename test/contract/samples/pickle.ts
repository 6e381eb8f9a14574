/** Pickles: sound ones, and one for every rule about streams. */

import { called, global, pickle, tuple, written } from "../../builders/pickle.ts";
import type { PickleBuilder } from "../../builders/pickle.ts";
import { opcodeBoundaries } from "../sample.ts";
import type { Sample } from "../sample.ts";

function hostile(
  name: string,
  fires: string,
  bytes: Uint8Array,
  verdict: Sample["verdict"] = "suspicious",
): Sample {
  return { name: `${name}.pkl`, format: "pickle", bytes, verdict, fires: [`pickle/${fires}`] };
}

function sound(name: string, bytes: Uint8Array): Sample {
  return {
    name: `${name}.pkl`,
    format: "pickle",
    bytes,
    verdict: "clean",
    boundaries: opcodeBoundaries(bytes),
  };
}

const SETTINGS = new Map<string, number | string | boolean | null>([
  ["rate", 0.001],
  ["epochs", 300],
  ["name", "a model of some kind"],
  ["shuffle", true],
  ["seed", null],
]);

/** Each level holds the one before twice. */
function laughs(builder: PickleBuilder): PickleBuilder {
  builder.proto(2).op("EMPTY_LIST").put(0).op("MARK").values("ha", "ha").op("APPENDS");
  for (let level = 1; level < 60; level += 1) {
    builder
      .op("EMPTY_LIST")
      .put(level)
      .op("MARK")
      .get(level - 1)
      .get(level - 1)
      .op("APPENDS");
  }
  return builder;
}

function twoStreams(): { bytes: Buffer; first: number } {
  const first = pickle().proto(2).value([1, 2, "three"]).done();
  const second = pickle().proto(4).value(SETTINGS).done();
  return { bytes: Buffer.concat([first, second]), first: first.length };
}

const several = twoStreams();

export const pickleSamples: readonly Sample[] = [
  sound(
    "settings-p4",
    pickle()
      .proto(4)
      .framed((inner) => inner.value(SETTINGS).stop())
      .bytes(),
  ),
  sound("settings-p2", pickle().proto(2).value(SETTINGS).done()),
  sound(
    "nested-lists",
    pickle()
      .proto(3)
      .value([1, [2n ** 70n, Buffer.from("bytes"), tuple("a", 1.5, [])], new Map()])
      .done(),
  ),
  sound(
    "ordered-dict",
    pickle()
      .proto(2)
      .call("collections", "OrderedDict")
      .op("MARK")
      .values("weight", 1, "bias", 2)
      .op("SETITEMS")
      .done(),
  ),
  {
    name: "several.pkl",
    format: "pickle",
    bytes: several.bytes,
    verdict: "clean",
    boundaries: opcodeBoundaries(several.bytes),
    wholeAt: (cut) => cut === several.first,
  },
  hostile(
    "shell",
    "dangerous-call",
    pickle().proto(4).call("os", "system", "touch wb_canary").done(),
    "malicious",
  ),
  hostile(
    "shell-p0",
    "dangerous-call",
    pickle().call("os", "system", "touch wb_canary").done(),
    "malicious",
  ),
  hostile(
    "reference",
    "dangerous-reference",
    pickle()
      .proto(2)
      .value([global("os", "system")])
      .done(),
  ),
  hostile(
    "custom-class",
    "unknown-call",
    pickle().proto(2).call("my_models", "Net", 1).done(),
    "unknown",
  ),
  hostile(
    "custom-reference",
    "unknown-reference",
    pickle()
      .proto(2)
      .value([global("my_models", "Net")])
      .done(),
    "unknown",
  ),
  hostile(
    "unexpected",
    "unexpected-use",
    pickle().proto(2).call("collections", "OrderedDict", 7).done(),
    "unknown",
  ),
  hostile(
    "computed-name",
    "computed-name",
    pickle().proto(4).stackGlobal(called("my_models", "pick"), "name").done(),
  ),
  hostile(
    "folded-name",
    "folded-name",
    pickle()
      .proto(4)
      .stackGlobal(called("_codecs", "decode", "bf", "rot13"), "flfgrz")
      .done(),
  ),
  hostile(
    "computed-call",
    "computed-call",
    pickle().proto(2).call("my_models", "pick").tuple("touch wb_canary").op("REDUCE").done(),
    "unknown",
  ),
  hostile(
    "attribute-walk",
    "attribute-walk",
    pickle().proto(4).global("random", "_os.path.join").done(),
  ),
  hostile(
    "state-injection",
    "state-injection",
    pickle()
      .proto(2)
      .call("my_models", "Net")
      .build(new Map([["__class__", global("my_models", "Other")]]))
      .done(),
    "malicious",
  ),
  hostile(
    "changes-import",
    "changes-import",
    pickle()
      .proto(4)
      .global("os", "environ")
      .values("LD_PRELOAD", "wb_canary")
      .op("SETITEM")
      .done(),
  ),
  hostile("extension-code", "extension-code", pickle().proto(2).op("EXT1", 7).done()),
  hostile("buffer", "out-of-band-buffer", pickle().proto(5).op("NEXT_BUFFER").done(), "incomplete"),
  hostile(
    "persistent",
    "persistent-id",
    pickle()
      .proto(2)
      .value([global("my_models", "Net")])
      .op("BINPERSID")
      .done(),
    "unknown",
  ),
  hostile("laughs", "expansion", laughs(pickle()).done()),
  hostile(
    "claims",
    "memory-claim",
    pickle()
      .proto(2)
      .value(1)
      .op("LONG_BINPUT", 2 ** 31)
      .done(),
  ),
  hostile(
    "confusable",
    "confusable-name",
    pickle().proto(4).global("collections", "\u041erderedDict").done(),
  ),
  hostile(
    "readers",
    "reader-disagreement",
    pickle()
      .op("INT", "0x10")
      .op("POP")
      .value(written((inner) => inner.op("INT", "1")))
      .done(),
  ),
  hostile(
    "padded",
    "hidden-stream",
    Buffer.concat([
      pickle().proto(2).value(1).done(),
      Buffer.alloc(50),
      pickle().proto(2).value(["hidden"]).done(),
    ]),
  ),
];
