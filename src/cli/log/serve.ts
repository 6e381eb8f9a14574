/** `weighbridge log serve`. */

import { AppError } from "../../kernel/errors.ts";
import { serveLog } from "../../server/tlog/serve-log.ts";
import { tileFolder } from "../../store/tile-folder/tile-folder.ts";
import type { Command } from "../command.ts";
import { OK } from "../exit-code.ts";
import { listenForInterruption } from "../scan/interruption.ts";
import { positionals } from "./place.ts";

const PORT = 8080;

export const serveCommand: Command = {
  name: "log serve",
  usage: "DIR [options]",
  about: [
    "Serves the published files of the log in DIR over HTTP, until it is interrupted. Any web server",
    "that serves DIR without .state does the same.",
  ],
  options: [
    { name: "host", value: "ADDRESS", help: "where to listen (default: 127.0.0.1)" },
    { name: "port", value: "N", help: `the port, 0 for any that is free (default: ${PORT})` },
  ],
  examples: [
    { command: "weighbridge log serve /srv/model-log --port 8080", help: "on this machine" },
  ],
  async run(given, { out, gone }) {
    const [folder = ""] = positionals(given, "log serve", ["DIR"]);
    const port = Number(given.value("port") ?? PORT);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new AppError("USAGE", "--port is a number from 0 to 65535");
    }
    const host = given.value("host") ?? "127.0.0.1";
    const interruption = listenForInterruption(gone);
    const server = await serveLog(tileFolder(folder), { host, port });
    out.write(`${server.address}\n`);
    await new Promise<void>((resolve) => {
      interruption.signal.addEventListener("abort", () => resolve(), { once: true });
    });
    await server.close();
    interruption.dispose();
    return OK;
  },
};
