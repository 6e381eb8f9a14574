import { describe, expect, it } from "vitest";

import { LinkMap } from "./archive-links.ts";

function mapOf(links: Readonly<Record<string, string>>): LinkMap {
  const map = new LinkMap();
  for (const [path, target] of Object.entries(links)) map.add(path, target);
  return map;
}

describe("LinkMap", () => {
  it.each([
    ["l", "a.txt", "inside"],
    ["d/l", "../a.txt", "inside"],
    ["d/l", "../../a.txt", "outside"],
    ["l", "/etc/passwd", "outside"],
    ["l", "C:\\x", "outside"],
    ["l", "..\\x", "outside"],
    ["d/e/l", "../..", "inside"],
    ["d/e/l", "./../../../x", "outside"],
  ])("%s -> %s leads %s", (path, target, end) => {
    const map = mapOf({ [path]: target });
    expect(map.follow(path, target)).toBe(end);
  });

  it("follows links through links", () => {
    const map = mapOf({ here: ".", up: "here/..", "d/x": "../here/../y" });
    expect(map.follow("up", "here/..")).toBe("outside");
    expect(map.follow("d/x", "../here/../y")).toBe("outside");
    const deep = mapOf({ a: "d/e/f", out: "a/../../../.." });
    expect(deep.follow("out", "a/../../../..")).toBe("outside");
    expect(deep.follow("in", "a/../../..")).toBe("inside");
  });

  it("gives up on circles", () => {
    const map = mapOf({ a: "b", b: "a", self: "self/x" });
    expect(map.follow("a", "b")).toBe("loop");
    expect(map.follow("self", "self/x")).toBe("loop");
  });

  it("resolves hard links from the root", () => {
    const map = mapOf({ out: "../x" });
    expect(map.resolve("a/b")).toBe("inside");
    expect(map.resolve("../a")).toBe("outside");
    expect(map.resolve("/a")).toBe("outside");
    expect(map.resolve("out/passwd")).toBe("outside");
  });

  it("sees what is unpacked through a link", () => {
    const map = mapOf({ out: "/tmp", d: "e" });
    expect(map.through("out/x")).toBe("outside");
    expect(map.through("d/x")).toBe("inside");
    expect(map.through("out")).toBeUndefined();
    expect(map.through("e/x")).toBeUndefined();
  });

  it("stays bounded, whatever the links are", () => {
    const map = new LinkMap();
    const long = "a/".repeat(1000);
    for (let index = 0; index < 4000; index += 1) map.add(`l${index}`, `l${index + 1}/${long}`);
    for (let index = 0; index < 4000; index += 1) map.follow(`l${index}`, `l${index + 1}`);
    expect(map.size).toBe(4000);
  });
});
