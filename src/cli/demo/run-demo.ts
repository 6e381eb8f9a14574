/** Writes the models, says what each is, and scans them. */

import { now } from "../clock.ts";
import { escapeText } from "../../kernel/text.ts";
import { TerminalReport } from "../../reporters/terminal/terminal-report.ts";
import { scan } from "../../scan/scanner.ts";
import { localTree } from "../../sources/local/local-tree.ts";
import { columns } from "../columns.ts";
import { OK } from "../exit-code.ts";
import { demoModels } from "./models.ts";
import { writeModels } from "./write-models.ts";

export interface DemoOptions {
  readonly folder: string | undefined;
  readonly color: boolean;
  readonly write: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Gives the exit code: a demonstration that finds what it should is a success. */
export async function runDemo({ folder, color, write, signal }: DemoOptions): Promise<number> {
  const models = demoModels();
  const place = writeModels(models, folder);
  write(
    `Wrote ${models.length} small models to ${escapeText(place)}. What the hostile ones would do,\n`,
  );
  write(
    "if anything loaded them, is to create an empty file wb_canary. Nothing loads them here.\n\n",
  );
  write(
    columns(
      models.map(({ path, about }) => [path, about]),
      "  ",
    ),
  );
  write(`\nweighbridge scan ${escapeText(place)}\n\n`);

  const started = now();
  const tree = localTree(place);
  const report = new TerminalReport({
    trees: [tree],
    write,
    color,
    verbosity: "normal",
    listAll: true,
  });
  for await (const event of scan([tree], { signal })) {
    if (event.kind === "file") {
      report.file(event.subject, event.report);
    } else if (event.kind === "report") {
      const { interrupted } = event;
      report.end(event.report, { milliseconds: now() - started, interrupted });
    }
  }
  write(
    "\nTo read more about a finding: weighbridge explain <its id>, such as pickle/dangerous-call\n",
  );
  return OK;
}
