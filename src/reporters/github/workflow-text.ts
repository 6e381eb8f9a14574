/**
 * The runner of GitHub Actions takes lines of a step's output for commands: `::name …::value` where a line starts
 * with it, and the older `##[name …]value` wherever in a line it stands. Text out of a model must not be one.
 */

/** Lines of output that hold no commands, and read the same. */
export function withoutCommands(text: string): string {
  return text.replaceAll("##[", "# #[").replaceAll(/^(\s*)::/gm, "$1: :");
}

/** The value of a command, as the runner decodes it. */
export function commandData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** A property of a command, as the runner decodes it. */
export function commandProperty(text: string): string {
  return commandData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
