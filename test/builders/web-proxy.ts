/** A proxy on loopback as companies have them: forwards plain requests, and tunnels with CONNECT. */

import { request as forward } from "node:http";
import { connect } from "node:net";

import { startWebServer } from "./web-server.ts";
import type { WebServer } from "./web-server.ts";

export interface WebProxy extends WebServer {
  /** Hosts that tunnels were asked for. */
  readonly tunnels: readonly string[];
}

export async function startWebProxy(): Promise<WebProxy> {
  const tunnels: string[] = [];
  const proxy = await startWebServer((asked, response) => {
    const { method, url = "", headers } = asked;
    const onward = forward(url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    asked.pipe(onward);
  });
  proxy.server.on("connect", ({ url = "" }, socket) => {
    tunnels.push(url);
    const [host, port] = url.split(":");
    const onward = connect(Number(port), host === "localhost" ? "127.0.0.1" : host, () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
    onward.on("error", () => socket.destroy());
    socket.on("error", () => onward.destroy());
  });
  return { ...proxy, tunnels };
}
