/** A lineage for machines: `weighbridge.lineage/v1`, whose schema is published in assets/schemas. */

import type { Lineage, Said } from "../../provenance/lineage/lineage.ts";
import { summarizeLineage } from "../../provenance/lineage/summarize.ts";
import { VERSION } from "../../scan/version.ts";
import { jsonText } from "../json/json-text.ts";

/** With a line feed at the end. */
export function lineageJson(model: string, lineage: Lineage): string {
  const { nodes, problems, complete } = lineage;
  return `${jsonText(
    {
      schema: "weighbridge.lineage/v1",
      tool: { name: "weighbridge", version: VERSION },
      model,
      complete,
      summary: summarizeLineage(lineage),
      nodes: nodes.map((node) => ({
        id: node.id,
        name: node.name,
        uri: node.uri ?? null,
        role: node.role,
        state: node.state,
        digest: node.digest,
        copies: node.copies ?? [],
        steps: node.steps.map((step) => ({
          kind: step.kind,
          builder: step.builder,
          command: step.command ?? null,
          parameters: step.parameters,
          startedOn: step.startedOn ?? null,
          finishedOn: step.finishedOn ?? null,
          inputs: step.inputs,
          materials: step.materials,
          ...said(step),
        })),
        claims: node.claims.map((claim) => ({
          kind: claim.kind,
          result: claim.result ?? null,
          ...said(claim),
        })),
        deployments: node.deployments.map((each) => ({
          environment: each.environment,
          startedOn: each.startedOn,
          endedOn: each.endedOn ?? null,
          ...said(each),
        })),
      })),
      problems: problems.map(({ rule, node, evidence }) => ({
        rule: rule.id,
        severity: rule.severity,
        node,
        message: evidence.message,
      })),
    },
    0,
  )}\n`;
}

function said({ signer, stranger, source, time }: Said) {
  return {
    signer: signer ?? null,
    stranger: stranger ?? null,
    source,
    time: time ?? null,
  };
}
