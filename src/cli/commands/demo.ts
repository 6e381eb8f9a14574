/** `weighbridge demo`: what verdicts look like, without a hostile file at hand. */

import type { Command } from "../command.ts";
import { wantsColor } from "../config/environment.ts";

export const demoCommand: Command = {
  name: "demo",
  usage: "[DIR]",
  about: [
    "Writes a few small models, harmless and hostile, and scans them.",
    "DIR has to be empty or not there; without it a fresh temporary folder is used.",
    "Payloads would only ever create an empty file wb_canary, and nothing runs them.",
  ],
  options: [],
  examples: [{ command: "weighbridge demo", help: "see verdicts within a second" }],
  async run(given, terminal) {
    const [folder, ...more] = given.positionals;
    if (more.length > 0) {
      const { AppError } = await import("../../kernel/errors.ts");
      throw new AppError("USAGE", "demo takes one folder", { hint: "weighbridge demo --help" });
    }
    const { runDemo } = await import("../demo/run-demo.ts");
    return await runDemo({
      folder,
      color: wantsColor(given.value("color"), terminal.out),
      write: (text) => terminal.out.write(text),
      signal: terminal.gone,
    });
  },
};
