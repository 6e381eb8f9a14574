import { describe, expect, it } from "vitest";

import {
  artifact,
  built,
  deployed,
  digestOf,
  digestSet,
  frozen,
  input,
  scanned,
  signed,
  strange,
} from "../../../test/builders/claims.ts";
import type { AttestedModel } from "../attestations/write-statement.ts";
import type { Claim, Lineage } from "./lineage.ts";
import { traceLineage } from "./trace.ts";

const data = artifact("corpus", ["a.csv", "b.csv"]);
const base = artifact("base");
const tuned = artifact("tuned");
const gguf = artifact("adder.gguf", ["adder.gguf"]);

const trained = built("training", base, [input("dataset", data)]);
const finetuned = built("finetune", tuned, [input("base-model", base)]);

function trace(model: AttestedModel, claims: readonly Claim[]): Lineage {
  return traceLineage({ name: model.name, digest: digestSet(model) }, claims);
}

function named(lineage: Lineage): string[] {
  return lineage.problems.map(({ rule }) => rule.id);
}

/** `role name state`, in the order of the walk. */
function shape(lineage: Lineage): string[] {
  return lineage.nodes.map(({ role, name, state }) => `${role} ${name} ${state}`);
}

describe("lineages", () => {
  it("complete: dataset, training, fine-tune", () => {
    const lineage = trace(tuned, [frozen(data), trained, finetuned, signed(tuned)]);

    expect(named(lineage)).toEqual([]);
    expect(lineage.complete).toBe(true);
    expect(shape(lineage)).toEqual([
      "model tuned made",
      "base-model base made",
      "dataset corpus vouched",
    ]);
    expect(lineage.nodes[0]!.claims.map(({ kind }) => kind)).toEqual(["signature"]);
  });

  it("a gap: nobody says where the base comes from", () => {
    const lineage = trace(tuned, [finetuned]);

    expect(named(lineage)).toEqual(["lineage/gap"]);
    expect(lineage.problems[0]!.evidence.message).toContain('base-model "base"');
    expect(shape(lineage)).toEqual(["model tuned made", "base-model base gap"]);
  });

  it("a base that a trusted publisher has signed needs no further claims, the model itself does", () => {
    expect(named(trace(tuned, [finetuned, signed(base)]))).toEqual([]);
    expect(named(trace(base, [signed(base)]))).toEqual(["lineage/gap"]);
    expect(named(trace(tuned, [finetuned, strange(signed(base))]))).toEqual([
      "lineage/unsigned-step",
    ]);
  });

  it("a cycle: each is made from the other", () => {
    const back = built("finetune", base, [input("base-model", tuned)]);
    const lineage = trace(tuned, [finetuned, back]);

    expect(named(lineage)).toEqual(["lineage/cycle"]);
    expect(lineage.nodes[0]!.state).toBe("cycle");
    expect(named(trace(tuned, [built("finetune", tuned, [input("base-model", tuned)])]))).toEqual([
      "lineage/cycle",
    ]);
  });

  it("a swapped base: what goes by its name is another artifact", () => {
    const other = artifact("base", undefined, "something else");
    const lineage = trace(tuned, [
      frozen(data),
      trained,
      built("finetune", tuned, [input("base-model", other)]),
    ]);

    expect(named(lineage)).toEqual(["lineage/digest-mismatch"]);
    expect(lineage.problems[0]!.evidence.message).toContain(other.root.slice(0, 12));
    expect(lineage.problems[0]!.evidence.message).toContain(base.root.slice(0, 12));
  });

  it("renamed files: the root is the same, dirHash1 is not", () => {
    const renamed = artifact("base", ["chat_template.jinja", "evil.bin"], "base");
    expect(renamed.root).toBe(base.root);

    const asInput = [
      frozen(data),
      trained,
      built("finetune", tuned, [input("base-model", renamed)]),
    ];
    expect(named(trace(tuned, asInput))).toEqual(["lineage/renamed"]);
    expect(named(trace(renamed, [frozen(data), trained]))).toEqual(["lineage/renamed"]);
  });

  it("a root alone: it fits the same contents under other names", () => {
    const rootOnly = { role: "base-model", name: "base", digest: { sha256: base.root } };
    const claims = [frozen(data), trained, built("finetune", tuned, [rootOnly])];

    expect(named(trace(tuned, claims))).toEqual(["lineage/names-unbound"]);
    const [{ statement, ...rest }] = [frozen(data)];
    const unbound = {
      ...rest,
      statement: { ...statement, subject: [{ digest: { sha256: data.root } }] },
    };
    expect(named(trace(base, [unbound, trained]))).toEqual(["lineage/names-unbound"]);
  });

  it("two contradictory claims about how a model was made", () => {
    const other = built("training", base, [input("dataset", artifact("other data"))]);
    const lineage = trace(base, [frozen(data), frozen(artifact("other data")), trained, other]);

    expect(named(lineage)).toEqual(["lineage/contradiction"]);
    expect(named(trace(base, [frozen(data), trained, built("merge", base, [])]))).toEqual([
      "lineage/contradiction",
    ]);
    // The same said twice is no contradiction, and what a stranger says counts for nothing.
    expect(
      named(trace(base, [frozen(data), trained, { ...trained, source: "b.jsonl:1" }])),
    ).toEqual([]);
    expect(named(trace(base, [frozen(data), trained, strange(other)]))).toEqual([]);
  });

  it("two contradictory scans by the same rules", () => {
    const claims = [frozen(data), trained, scanned(base, "clean"), scanned(base, "malicious")];

    expect(named(trace(base, claims))).toEqual(["lineage/contradiction"]);
    expect(named(trace(base, claims.slice(0, 3)))).toEqual([]);
  });

  it("an unsigned step: only a stranger says how the base was trained", () => {
    const lineage = trace(tuned, [frozen(data), strange(trained), finetuned]);

    expect(named(lineage)).toEqual(["lineage/unsigned-step"]);
    expect(shape(lineage)[1]).toBe("base-model base unsigned");
  });

  it("the wrong dataset: other data goes by its name", () => {
    const wrong = artifact("corpus", ["a.csv", "b.csv"], "poisoned");
    const lineage = trace(base, [frozen(wrong), trained]);

    expect(named(lineage)).toEqual(["lineage/digest-mismatch"]);
    expect(shape(lineage)).toEqual(["model base made", "dataset corpus gap"]);
  });

  it("a merge of two bases, of which one is unknown", () => {
    const second = artifact("second");
    const merged = artifact("merged");
    const merge = built("merge", merged, [input("base-model", base), input("base-model", second)]);

    expect(named(trace(merged, [frozen(data), trained, signed(second), merge]))).toEqual([]);
    const lineage = trace(merged, [frozen(data), trained, merge]);
    expect(named(lineage)).toEqual(["lineage/gap"]);
    expect(lineage.nodes[0]!.steps[0]!.inputs).toEqual([
      { role: "base-model", node: 1 },
      { role: "base-model", node: 3 },
    ]);
  });

  it("an adapter: a few files of its own beside a base model", () => {
    const adapter = artifact("adapter", ["adapter_config.json", "adapter_model.safetensors"]);
    const made = built("finetune", adapter, [input("base-model", base), input("dataset", data)]);
    const lineage = trace(adapter, [frozen(data), trained, made]);

    expect(named(lineage)).toEqual([]);
    // The dataset is one artifact, however many steps use it.
    expect(lineage.nodes).toHaveLength(3);
  });

  it("a quantized single file, named by its own digest further on", () => {
    const quantized = built("quantize", gguf, [input("base-model", base)]);
    const packed = artifact("packed");
    const file = {
      role: "base-model",
      name: "adder.gguf",
      digest: { sha256: gguf.files[0]!.digest },
    };
    const claims = [frozen(data), trained, quantized, built("convert", packed, [file])];

    expect(named(trace(gguf, claims))).toEqual([]);
    expect(named(trace(packed, claims))).toEqual([]);
    expect(trace(packed, claims).nodes).toHaveLength(4);
  });

  it("a deployed record, with its decision and without", () => {
    const decision = scanned(base, "clean");
    const claims = [frozen(data), trained, decision];

    const lineage = trace(base, [...claims, deployed(base, decision.digest)]);
    expect(named(lineage)).toEqual([]);
    expect(lineage.nodes[0]!.deployments.map(({ environment }) => environment)).toEqual([
      "production",
    ]);
    expect(named(trace(base, [...claims, deployed(base, digestOf("lost"))]))).toEqual([
      "lineage/gap",
    ]);
    expect(named(trace(base, [...claims, strange(deployed(base))]))).toEqual([
      "lineage/unsigned-step",
    ]);
    expect(named(trace(base, [...claims, deployed(base), strange(deployed(base))]))).toEqual([]);
  });

  it("packaging leaves a model as it is", () => {
    const packing = built("package", base, [input("model", base)]);

    const lineage = trace(base, [frozen(data), trained, packing]);
    expect(named(lineage)).toEqual([]);
    expect(lineage.nodes[0]!.claims.map(({ kind }) => kind)).toEqual(["package"]);
  });

  it("something used before it was made", () => {
    const late = built("training", base, [input("dataset", data)], {
      finishedOn: "2026-02-02T00:00:00Z",
    });
    const early = built("finetune", tuned, [input("base-model", base)], {
      startedOn: "2026-02-01T00:00:00Z",
    });

    expect(named(trace(tuned, [frozen(data), late, early]))).toEqual(["lineage/time-order"]);
  });

  it("without any claim", () => {
    expect(named(trace(base, []))).toEqual(["lineage/gap"]);
  });
});

describe("large lineages", () => {
  function chain(length: number): readonly [AttestedModel[], Claim[]] {
    const models = Array.from({ length }, (_, at) => artifact(`m${at}`));
    const claims = models
      .slice(1)
      .map((model, at) => built("finetune", model, [input("base-model", models[at]!)]));
    return [models, claims];
  }

  it("are followed through 200 steps and no further", () => {
    const [models, claims] = chain(300);

    expect(named(trace(models[150]!, [...claims, signed(models[0]!)]))).toEqual([]);
    expect(named(trace(models[299]!, claims))).toEqual(["lineage/too-large"]);
  });

  it("are walked once an artifact, however many ways lead to it", () => {
    const models = Array.from({ length: 60 }, (_, at) => artifact(`m${at}`));
    const claims = models
      .slice(2)
      .map((model, at) =>
        built("merge", model, [
          input("base-model", models[at]!),
          input("base-model", models[at + 1]!),
        ]),
      );
    const lineage = trace(models.at(-1)!, [...claims, signed(models[0]!), signed(models[1]!)]);

    expect(named(lineage)).toEqual([]);
    expect(lineage.nodes).toHaveLength(60);
  });
});
