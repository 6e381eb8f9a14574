// Preloaded into a measured Node: tells on its standard error what the process used, when it ends.
"use strict";

process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  require("node:fs").writeSync(2, `\nusage ${userCPUTime + systemCPUTime} ${maxRSS}\n`);
});
