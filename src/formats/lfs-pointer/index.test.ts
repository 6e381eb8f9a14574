import { describe, expect, it } from "vitest";
import { Governor } from "../../bytes/governor.ts";
import { MemorySource } from "../../bytes/memory-source.ts";
import { NO_USER_NAMES } from "../../machines/pickle/names/user-name.ts";
import { lfsPointer } from "./index.ts";

const OID = "4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393";
const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${OID}\nsize 437955512\n`;

async function detect(text: string): Promise<string> {
  const bytes = Buffer.from(text);
  return await lfsPointer.detect(bytes, bytes, { name: "model.bin", size: bytes.length });
}

async function read(text: string) {
  const source = new MemorySource(Buffer.from(text), "model.bin");
  const governor = new Governor();
  return lfsPointer.parse(source, {
    governor,
    name: "model.bin",
    userNames: NO_USER_NAMES,
    quick: false,
    role: "top",
  });
}

describe("lfs pointer", () => {
  it.each([
    ["as git-lfs writes it", POINTER],
    ["with an extension", POINTER.replace("oid", `ext-0-x sha256:${OID}\noid`)],
    ["checked out on Windows", POINTER.replaceAll("\n", "\r\n")],
    ["of the first version", POINTER.replace("git-lfs.github.com", "hawser.github.com")],
    ["without a last line end", POINTER.trimEnd()],
  ])("is known %s", async (_name, text) => {
    expect(await detect(text)).toBe("certain");
  });

  it.each([
    ["without a digest", POINTER.replace(/oid.*\n/, "")],
    ["with half a digest", POINTER.replace(OID, OID.slice(0, 40))],
    ["without a size", POINTER.replace(/size.*\n/, "")],
    ["of another version", POINTER.replace("spec/v1", "spec/v9")],
    ["that is quoted", `See: ${POINTER}`],
    ["that is too long", `${POINTER}${"#".repeat(1000)}`],
    ["that is empty", ""],
  ])("is not what is %s", async (_name, text) => {
    expect(await detect(text)).toBe("none");
  });

  it("is incomplete, and says what to do", async () => {
    const { model, issues, facts } = await read(POINTER);
    expect(model).toEqual({ oid: OID, size: 437_955_512 });
    expect(facts).toEqual({ lfs: model });
    expect(issues.map(({ kind }) => kind)).toEqual(["unreadable"]);
    const [rule] = lfsPointer.rules;
    const [evidence] = [...rule!.evaluate(model, { name: "model.bin", size: 134, role: "top" })];
    expect(rule!.implies).toBe("incomplete");
    expect(evidence!.message).toContain("git lfs pull");
    expect(evidence!.message).toContain("438 MB");
  });

  it("survives being asked about something else", async () => {
    const { issues, ledger } = await read("something else");
    expect(issues.map(({ kind }) => kind)).toEqual(["unreadable"]);
    expect(ledger.coverage().understood).toBe(0);
  });
});
