/** A lineage as a flow chart of Mermaid: inputs point to what was made from them. Names cannot forge any of its syntax. */

import { escapeText } from "../../kernel/text.ts";
import type { Lineage, LineageNode, NodeState } from "../../provenance/lineage/lineage.ts";

const CLASSES: Readonly<Record<NodeState, string>> = {
  made: "trusted",
  vouched: "trusted",
  unsigned: "unsigned",
  gap: "missing",
  cycle: "missing",
};

/** With a line feed at the end. */
export function lineageMermaid({ nodes }: Lineage): string {
  const lines = [
    "flowchart LR",
    ...nodes.map((node) => `  n${node.id}${label(node)}:::${CLASSES[node.state]}`),
    ...nodes.flatMap((node) =>
      node.steps.flatMap((step) =>
        step.inputs.map(
          ({ node: input }) => `  n${input} -->|"${entities(step.kind)}"| n${node.id}`,
        ),
      ),
    ),
    ...nodes.flatMap((node) =>
      node.deployments.map(
        ({ environment }, at) =>
          `  n${node.id} --> d${node.id}x${at}(["${entities(environment)}"]):::deployed`,
      ),
    ),
    "  classDef trusted fill:#e6f4ea,stroke:#137333,color:#0b3d1e",
    "  classDef unsigned fill:#fef7e0,stroke:#b06000,color:#5f3b00",
    "  classDef missing fill:#fce8e6,stroke:#c5221f,color:#6b1210",
    "  classDef deployed fill:#e8f0fe,stroke:#1967d2,color:#0b2f66",
  ];
  return `${lines.join("\n")}\n`;
}

function label({ name, role, digest }: LineageNode): string {
  const value = digest["sha256"]?.slice(0, 12) ?? "";
  return `["${entities(name)}<br/>${entities(role)} ${entities(value)}"]`;
}

/** Letters, digits and a few harmless signs stay; everything else becomes an entity, which shows as the sign. */
function entities(text: string): string {
  return escapeText(text.slice(0, 80)).replaceAll(
    /[^\p{L}\p{N} ._/:@+-]/gu,
    (character) => `#${character.codePointAt(0) ?? 0};`,
  );
}
