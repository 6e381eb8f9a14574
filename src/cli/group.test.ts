/** Words lead to the command of a group, to its fallback, or to a sentence. */

import { describe, expect, it } from "vitest";

import { helpOf } from "./help.ts";
import type { Command, CommandGroup } from "./command.ts";
import { enterGroup } from "./group.ts";

function command(name: string): Command {
  return {
    name,
    usage: "MODEL",
    about: [`About ${name}.`],
    options: [{ name: `of-${name.replace(" ", "-")}`, help: "an option" }],
    examples: [{ command: `weighbridge ${name} m`, help: "an example" }],
    run: () => Promise.resolve(0),
  };
}

const key = command("verify key");
const plain = command("verify");
const strict: CommandGroup = {
  name: "verify",
  about: ["Verifies."],
  commands: {
    key: { summary: "with a key", load: () => Promise.resolve(key) },
    certificate: {
      summary: "with a certificate",
      load: () => Promise.resolve(command("verify certificate")),
    },
  },
  examples: [],
};
const lenient: CommandGroup = { ...strict, fallback: () => Promise.resolve(plain) };

describe("enterGroup", () => {
  it("finds a command and hands on what is left", async () => {
    expect(await enterGroup(strict, ["key", "m", "--x"])).toEqual({
      loaded: key,
      args: ["m", "--x"],
    });
  });

  it("hands everything to the fallback where the first word is no command", async () => {
    for (const args of [
      ["some/model", "--x"],
      ["--key", "k", "m"],
      ["package.json", "k"],
    ]) {
      expect(await enterGroup(lenient, args)).toEqual({ loaded: plain, args });
    }
  });

  it.each([
    [strict, ["kye"], "there is no command verify kye; did you mean key?"],
    [lenient, ["kye"], "there is no command verify kye; did you mean key?"],
    [strict, ["model"], "there is no command verify model"],
    [strict, ["constructor"], "there is no command verify constructor"],
    [strict, ["--hlep"], "verify has no option --hlep; did you mean --help?"],
  ])("says what is wrong with %#", async (group, args, message) => {
    await expect(enterGroup(group, args)).rejects.toMatchObject({
      code: "USAGE",
      message,
      hint: "weighbridge verify --help",
    });
  });

  it("stays at the group for help and for nothing", async () => {
    expect(await enterGroup(lenient, [])).toEqual({ loaded: lenient, args: [] });
    for (const word of ["--help", "-h", "help"]) {
      expect(await enterGroup(strict, [word])).toEqual({ loaded: strict, args: ["--help"] });
    }
    expect(await enterGroup(strict, ["help", "key"])).toEqual({ loaded: key, args: ["--help"] });
  });
});

describe("helpOf", () => {
  it("lists a group's commands", async () => {
    const text = await helpOf(strict);

    expect(text).toMatch(/^Usage: weighbridge verify <command> \[options\]\n\nVerifies\.\n/);
    expect(text).toMatch(/Commands:\n {2}key +with a key\n {2}certificate +with a certificate\n/);
    expect(text).toMatch(/\nOptions:\n/);
  });

  it("shows beside them what the group does by itself", async () => {
    const text = await helpOf(lenient);

    expect(text).toContain("\n       weighbridge verify MODEL\n");
    expect(text).toMatch(/Options without a command:\n +--of-verify +an option/);
    expect(text).toContain("  weighbridge verify m\n      an example");
  });
});
