/**
 * The command-line program, once the Node that runs it is known to be new enough.
 */
export async function run(argv: readonly string[]): Promise<number> {
  if (argv[0] === "--version") {
    process.stdout.write("0.1.0\n");
    return 0;
  }
  return 2;
}
