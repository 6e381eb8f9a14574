import { describe, expect, it } from "vitest";
import { readAsset } from "../../../bytes/file-source.ts";
import { loadDangerousNames } from "./dangerous-names.ts";
import type { Danger } from "./dangerous-names.ts";
import { EFFECT_NAMES, EFFECTS } from "./effects.ts";
import { describeCall, judgeCall, judgeReference } from "./sentence.ts";
import type { ArgumentText } from "./sentence.ts";

const names = loadDangerousNames(readAsset("dangerous-names.json"));

function danger(module: string, name: string): Danger {
  return names.lookup(module, name)!;
}

function text(value: string): ArgumentText {
  return { kind: "string", text: value };
}

const SHELL: ArgumentText = { kind: "other", text: '["sh", "-c", "touch wb_canary"]' };
const NOTHING: ArgumentText = { kind: "other", text: "" };

describe("describeCall", () => {
  it.each<[string, string, ArgumentText[], string]>([
    ["os", "system", [text("touch wb_canary")], 'would run the shell command "touch wb_canary"'],
    ["subprocess", "Popen", [SHELL], 'would start the program ["sh", "-c", "touch wb_canary"]'],
    ["subprocess", "Popen", [text("sh"), NOTHING], 'would start the program "sh"'],
    ["builtins", "exec", [text("import os")], 'would run the Python code "import os"'],
    ["builtins", "open", [text("wb_canary"), text("w")], 'would open "wb_canary" for writing'],
    ["builtins", "open", [text("/etc/passwd")], 'would open "/etc/passwd" for reading'],
    ["io", "open", [text("x"), text("rb")], 'would open "x" for reading'],
    [
      "socket",
      "create_connection",
      [{ kind: "other", text: '("host", 80)' }],
      'would connect to ("host", 80)',
    ],
    [
      "pickle",
      "loads",
      [{ kind: "bytes", text: "\u0080\u0004." }],
      String.raw`would unpickle the nested stream b"\x80\x04."`,
    ],
    ["importlib", "import_module", [text("os")], 'would import the module "os"'],
    ["shutil", "rmtree", [text("/")], 'would delete "/"'],
    ["torch", "save", [NOTHING, text("x.pt")], 'would write the file "x.pt"'],
    ["ctypes", "CDLL", [text("evil.so")], 'would load the native library "evil.so"'],
    [
      "builtins",
      "getattr",
      [{ kind: "other", text: "os" }, text("system")],
      'would get the attribute "system" of os',
    ],
    ["sys", "exit", [], "would end the program"],
  ])("%s.%s", (module, name, args, sentence) => {
    expect(describeCall(danger(module, name), args)).toBe(sentence);
  });

  it("says what the name does where the arguments are not known", () => {
    expect(describeCall(danger("os", "system"), [])).toBe("would run a shell command");
    expect(describeCall(danger("os", "system"), [NOTHING])).toBe("would run a shell command");
    expect(describeCall(danger("subprocess", "list2cmdline"), [text("x")])).toBe(
      "would start programs",
    );
  });

  it("shows no secrets, no controls and no more than a line", () => {
    const shown = describeCall(danger("os", "system"), [
      text(`echo password=hunter2x \u001b[2J\n${"x".repeat(5000)}`),
    ]);
    expect(shown).toContain("password=[redacted]");
    expect(shown).toContain(String.raw`\x1b`);
    expect(shown.length).toBeLessThan(300);
    const other = describeCall(danger("subprocess", "run"), [
      { kind: "other", text: `["curl", "token=abcdefgh", "\u202e${"y".repeat(999)}"]` },
    ]);
    expect(other).toContain("token=[redacted]");
    expect(other).toContain(String.raw`\u{202e}`);
    expect(other.length).toBeLessThan(300);
  });
});

describe("judgeCall", () => {
  it.each<[string, string, ArgumentText[], string]>([
    ["os", "system", [], "malicious"],
    ["builtins", "eval", [NOTHING], "malicious"],
    ["builtins", "open", [text("a"), text("w")], "malicious"],
    ["builtins", "open", [text("a"), text("r+")], "malicious"],
    ["builtins", "open", [text("a"), text("r")], "suspicious"],
    ["builtins", "open", [text("a"), NOTHING], "suspicious"],
    ["pathlib", "Path.touch", [NOTHING], "malicious"],
    ["os", "remove", [text("a")], "malicious"],
    ["anydbm", "open", [text("a")], "malicious"],
    ["sqlite3", "connect", [text("a")], "malicious"],
    ["linecache", "getline", [text("a")], "suspicious"],
    ["urllib.request", "urlopen", [text("http://h/")], "malicious"],
    ["urllib.request", "urlopen", [NOTHING], "suspicious"],
    [
      "socket",
      "create_connection",
      [{ kind: "other", text: '("h", 80)', literal: true }],
      "malicious",
    ],
    ["socket", "create_connection", [{ kind: "other", text: "f(x)" }], "suspicious"],
    ["socket", "socket", [], "suspicious"],
    ["operator", "methodcaller", [text("a")], "suspicious"],
    ["sys", "exit", [], "suspicious"],
    ["picklescan", "x", [], "malicious"],
    ["torch.fx.graph_module", "reduce_graph_module", [], "unknown"],
  ])("%s.%s", (module, name, args, implies) => {
    expect(judgeCall(danger(module, name), args).implies).toBe(implies);
  });

  it("carries the sentence", () => {
    expect(judgeCall(danger("os", "system"), [text("id")])).toEqual({
      message: 'would run the shell command "id"',
      severity: "critical",
      implies: "malicious",
    });
  });
});

describe("judgeReference", () => {
  it("takes a reference for less than a call, never for more", () => {
    const rank = ["none", "unknown", "incomplete", "suspicious", "malicious"];
    for (const effect of EFFECT_NAMES) {
      const { called, referenced } = EFFECTS[effect];
      expect(rank.indexOf(referenced.implies)).toBeLessThan(rank.indexOf("malicious"));
      expect(rank.indexOf(referenced.implies)).toBeLessThanOrEqual(rank.indexOf(called.implies));
    }
  });

  it("follows the effect, and the name where that differs", () => {
    expect(judgeReference(danger("os", "system")).implies).toBe("suspicious");
    expect(judgeReference(danger("smtplib", "SMTP")).implies).toBe("suspicious");
    expect(judgeReference(danger("operator", "add")).implies).toBe("unknown");
    expect(judgeReference(danger("dill._dill", "_load_type")).implies).toBe("unknown");
  });
});
