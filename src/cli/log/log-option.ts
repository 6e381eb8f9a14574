/** The option by which commands say what they did in a log. */

import type { OptionSpec } from "../command.ts";

export const LOG_OPTION: OptionSpec = {
  name: "log",
  value: "DIR",
  help: "add what was done to the log in DIR",
};
