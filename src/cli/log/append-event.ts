/** Adds events to a log in a folder: the one way by which commands say what they did. */

import { AppError } from "../../kernel/errors.ts";
import { appendEvents, keepEvidence } from "../../provenance/log/append-event.ts";
import type { Appended, Evidence, LogEvent } from "../../provenance/log/append-event.ts";
import type { Cosigning } from "../../provenance/log/cosign.ts";
import { withLog } from "../../provenance/log/open-log.ts";
import { tileFolder } from "../../store/tile-folder/tile-folder.ts";
import { guarded } from "./safeguards.ts";
import type { Safeguards } from "./safeguards.ts";

/** An event, with documents that are kept beside the log and named by the entry. */
export interface EventWithEvidence {
  readonly event: LogEvent;
  readonly evidence?: readonly Evidence[];
}

export interface AppendOutcome {
  readonly appended: readonly Appended[];
  /** Entries of the log now. */
  readonly size: number;
  readonly cosigning: Cosigning | undefined;
}

/** What is appended: events, or leaves as they are. */
export type NewLeaves = readonly EventWithEvidence[] | { readonly raw: readonly Uint8Array[] };

/**
 * Appends events under one checkpoint. When it resolves they are acknowledged: they outlive any crash. Throws
 * `AppError`, and then nothing was added.
 */
export async function appendEvent(
  folder: string,
  leaves: NewLeaves,
  safeguards: Safeguards = {},
): Promise<AppendOutcome> {
  return await withLog(tileFolder(folder), async (log) => {
    const { result, cosigning } = await guarded(log, safeguards, async () => {
      if ("raw" in leaves) {
        await log.append(leaves.raw);
        return [];
      }
      const events: LogEvent[] = [];
      for (const { event, evidence = [] } of leaves) {
        const refs = [...(event.evidence ?? [])];
        for (const document of evidence) {
          refs.push(await keepEvidence(log, document));
        }
        events.push({ ...event, ...(refs.length === 0 ? {} : { evidence: refs }) });
      }
      return await appendEvents(log, events, new Date().toISOString());
    });
    return { appended: result, size: log.checkpoint.size, cosigning };
  });
}

/** Reads an event as people write it; what the log fills in itself is left out. Throws `AppError`. */
export function eventFromJson(text: string, what: string): LogEvent {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new AppError("USAGE", `${what} is no JSON`, {
      hint: "an entry is a JSON object; --raw logs bytes as they are",
      cause: error,
    });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new AppError("USAGE", `${what} is no JSON object`);
  }
  const { v: _version, prev: _prev, ...event } = value as Record<string, unknown>;
  return event as unknown as LogEvent;
}
