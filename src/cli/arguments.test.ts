import { describe, expect, it } from "vitest";

import { readArguments } from "./arguments.ts";
import type { CommandSpec } from "./command.ts";

const spec: CommandSpec = {
  name: "test",
  usage: "",
  about: [],
  options: [
    { name: "format", short: "f", value: "NAME", help: "" },
    { name: "include", value: "GLOB", repeatable: true, help: "" },
    { name: "trace", short: "t", help: "" },
    { name: "quiet", short: "q", help: "" },
  ],
  examples: [],
};

function read(...args: string[]) {
  return readArguments(spec, args);
}

describe("readArguments", () => {
  it("tells options from positionals, wherever they stand", () => {
    const given = read("a", "--format", "json", "-t", "b", "-", "--", "--c");

    expect(given.positionals).toEqual(["a", "b", "-", "--c"]);
    expect(given.value("format")).toBe("json");
    expect([given.has("trace"), given.has("quiet")]).toEqual([true, false]);
  });

  it.each([
    [["--format=json"], "json"],
    [["-fjson"], "json"],
    [["-f", "json"], "json"],
    [["-f", "a", "--format", "b"], "b"],
    [["--format", "-"], "-"],
    [["--format=-x"], "-x"],
    [["--format="], ""],
  ])("reads the value of %j", (args, value) => {
    expect(read(...args).value("format")).toBe(value);
  });

  it("keeps every value of an option that repeats", () => {
    expect(read("--include", "a", "--include=b").values("include")).toEqual(["a", "b"]);
    expect(read().values("include")).toEqual([]);
  });

  it("takes switches together", () => {
    const given = read("-tq");

    expect([given.has("trace"), given.has("quiet")]).toEqual([true, true]);
  });

  it.each([
    [["--fromat", "x"], "test has no option --fromat; did you mean --format?"],
    [["--zzzzzz"], "test has no option --zzzzzz"],
    [["-x"], "test has no option -x"],
    [["--format"], "--format needs a value: --format NAME"],
    [["--format", "--trace"], "--format needs a value: --format NAME"],
    [["-f", "-t"], "-f needs a value: -f NAME"],
    [["--trace=yes"], "--trace takes no value"],
    [["--no-trace"], "test has no option --no-trace; did you mean --trace?"],
  ])("refuses %j in a sentence", (args, message) => {
    expect(() => read(...args)).toThrow(expect.objectContaining({ code: "USAGE", message }));
  });
});
