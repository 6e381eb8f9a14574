import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";

import { passwordFromInput, promptPassword } from "./password.ts";

/** A terminal that remembers how it was set. */
class TestTty extends PassThrough {
  readonly isTTY = true;
  readonly modes: boolean[] = [];

  setRawMode(on: boolean): void {
    this.modes.push(on);
  }
}

async function typing(
  pieces: readonly string[],
  confirm = false,
): Promise<{
  readonly answer: unknown;
  readonly shown: string;
  readonly modes: readonly boolean[];
}> {
  const input = new TestTty();
  let shown = "";
  const write = (text: string): void => void (shown += text);
  const answer = promptPassword("Password", { confirm, input, write }).catch(
    (error: unknown) => error,
  );
  for (const piece of pieces) {
    input.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return { answer: await answer, shown, modes: input.modes };
}

describe("a password that is typed", () => {
  it.each([
    [["secret\r"], "secret"],
    [["s", "e", "x", "\u007f", "c", "\n"], "sec"],
    [["wrong\u0015right\r"], "right"],
    [["pass\u0001\u001bword ü😀\b\r"], "password ü"],
    [["\r"], ""],
  ])("%j is %j, and never shown", async (pieces, expected) => {
    const { answer, shown, modes } = await typing(pieces);

    expect(answer).toBe(expected);
    expect(shown).toBe("Password: \n");
    expect(modes).toEqual([true, false]);
  });

  it("is asked for twice where it is chosen", async () => {
    expect((await typing(["a\r", "a\r"], true)).answer).toBe("a");
    const { answer, modes } = await typing(["a\r", "b\r"], true);
    expect(answer).toMatchObject({ code: "USAGE", message: "the two passwords are not the same" });
    expect(modes).toEqual([true, false, true, false]);
  });

  it.each(["ab\u0003", "\u0004"])(
    "can be left by %j, and the terminal is as before",
    async (keys) => {
      const { answer, modes } = await typing([keys]);

      expect(answer).toMatchObject({ code: "ABORTED" });
      expect(modes).toEqual([true, false]);
    },
  );

  it("needs a terminal", async () => {
    await expect(promptPassword("Password", { input: new PassThrough() })).rejects.toMatchObject({
      code: "USAGE",
    });
  });
});

describe("a password on standard input", () => {
  const reading = (text: string): Promise<string> => {
    const input = new PassThrough();
    input.end(text);
    return passwordFromInput(input);
  };

  it("is all of it, without the line break", async () => {
    expect(await reading("secret\n")).toBe("secret");
    expect(await reading(" sec ret\r\n")).toBe(" sec ret");
  });

  it.each(["", "\n", "a\nb\n", "x".repeat(5000)])("is not %j", async (text) => {
    await expect(reading(text)).rejects.toMatchObject({ code: "USAGE" });
  });
});
