/**
 * What can go wrong with a hub, and when: each rule names the requests it is for and how many of them it spoils.
 */

import type { Route, RouteKind } from "./route.ts";

/** Faults of what is said, and of how it is sent. */
export type Fault = ReplyFault | DeliveryFault;

export type ReplyFault =
  /** Another answer altogether: 429, 503, a proxy's page. The body is HTML unless the headers say otherwise. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** Headers set, or left out (null). Names in lower case. */
  | { readonly kind: "headers"; readonly set: Readonly<Record<string, string | null>> }
  | {
      readonly kind: "redirect";
      readonly to: string | ((asked: URL) => string);
      /** 302 unless given. */
      readonly status?: number;
    }
  /** A `Content-Range` of one's own for a part that is sent as asked. */
  | { readonly kind: "range"; readonly say: (sent: SentRange) => string }
  /** 200 and the whole file to a request for a part. */
  | { readonly kind: "whole" }
  /** `extra` bytes more than asked for; `Content-Range` names what was asked, or what is sent. */
  | { readonly kind: "long"; readonly extra: number; readonly contentRange?: "asked" | "sent" }
  /** Compressed, whatever was asked. */
  | { readonly kind: "gzip" }
  /** A body with other text in it: broken JSON, hostile entries. */
  | { readonly kind: "text"; readonly edit: (text: string) => string }
  /** A tree whose every page has `entries` new files and a next page. */
  | { readonly kind: "endless"; readonly entries: number }
  /** The answer is right; the ref moves right after it. */
  | {
      readonly kind: "moveRef";
      readonly repo: string;
      readonly ref: string;
      readonly sha: string;
    };

/** `end` is exclusive. */
export interface SentRange {
  readonly start: number;
  readonly end: number;
  readonly total: number;
}

export type DeliveryFault =
  /** The connection is reset before any header. */
  | { readonly kind: "reset" }
  /** The connection is reset after that many bytes of the body. */
  | { readonly kind: "drop"; readonly after: number }
  /** Nothing more comes: no header, or, when `after` is given, no more than that many bytes of the body. */
  | { readonly kind: "stall"; readonly after?: number }
  /** The body ends cleanly after that many bytes; `Content-Length` is as before, true, or absent. */
  | {
      readonly kind: "short";
      readonly after: number;
      readonly contentLength?: "promised" | "sent" | "absent";
    }
  /** That many bytes at a time, with a pause (milliseconds) before each. */
  | { readonly kind: "drip"; readonly bytes: number; readonly every: number };

export interface FaultRule {
  /** Bytes of LFS files come from `cdn`, those of others from `cache`; `resolve` only says where they are. */
  readonly on: RouteKind;
  /** Of the file or folder; any when absent. */
  readonly path?: string;
  /** Any when absent. */
  readonly method?: string;
  /** So many matching requests pass first. */
  readonly after?: number;
  /** So many are spoiled then: 1 unless given, `Infinity` for all. */
  readonly times?: number;
  readonly fault: Fault;
}

export interface Subject {
  readonly kind: Route["kind"] | "cdn";
  readonly path: string;
  readonly method: string;
}

/** The faults in force. A request gets one at most: the first that matches and is not used up. */
export class Faults {
  #armed: { readonly rule: FaultRule; toPass: number; left: number }[] = [];

  add(rule: FaultRule): void {
    this.#armed.push({ rule, toPass: rule.after ?? 0, left: rule.times ?? 1 });
  }

  clear(): void {
    this.#armed = [];
  }

  take({ kind, path, method }: Subject): Fault | undefined {
    for (const armed of this.#armed) {
      const { rule } = armed;
      const matches =
        armed.left > 0 &&
        rule.on === kind &&
        (rule.path ?? path) === path &&
        (rule.method ?? method) === method;
      if (matches && armed.toPass > 0) {
        armed.toPass -= 1;
      } else if (matches) {
        armed.left -= 1;
        return rule.fault;
      }
    }
    return undefined;
  }
}
