/** `weighbridge log monitor`. */

import { setTimeout as sleep } from "node:timers/promises";

import { AppError } from "../../kernel/errors.ts";
import { escapeText, quote } from "../../kernel/text.ts";
import type { LogSource } from "../../kernel/tile-storage.ts";
import { newEntries } from "../../provenance/log/monitor.ts";
import type { NewEntry } from "../../provenance/log/monitor.ts";
import { formatNote } from "../../provenance/log/note.ts";
import type { Policy } from "../../provenance/log/policy.ts";
import { globMatcher } from "../../scan/glob.ts";
import type { Arguments, Command } from "../command.ts";
import { FAILED, OK } from "../exit-code.ts";
import { listenForInterruption } from "../scan/interruption.ts";
import { openOutputFile } from "../scan/output-file.ts";
import type { Channel } from "../terminal.ts";
import { keptCheckpoint } from "./files.ts";
import { countOf, entryLine } from "./entry-line.ts";
import { JSON_OPTION, TRUST_OPTIONS } from "./options.ts";
import { newestCheckpoint, openPlace, policyFor, positionals } from "./place.ts";

export const monitorCommand: Command = {
  name: "log monitor",
  usage: "URL|DIR --kept FILE (--key KEY | --policy FILE) [options]",
  about: [
    "Looks at a log once, or again and again: shows that it still begins with what it had before, reads",
    "every new entry, and derives the new tree from them. FILE remembers the last checkpoint.",
    "",
    "Prints the new entries about the subjects you name. With --signer, an entry about them by anybody",
    "else is an alert. Ends with 1 after an alert, and where the log was rolled back or rewritten.",
  ],
  options: [
    { name: "kept", value: "FILE", help: "remembers the newest checkpoint that was seen" },
    ...TRUST_OPTIONS,
    {
      name: "subject",
      value: "GLOB",
      repeatable: true,
      help: "subjects to look for, such as 'acme/*'; all of them by default; repeatable",
    },
    {
      name: "signer",
      value: "ID",
      repeatable: true,
      help: "an actor who may add entries about them; repeatable",
    },
    { name: "interval", value: "SECONDS", help: "look again after so long, until interrupted" },
    JSON_OPTION,
  ],
  examples: [
    {
      command:
        "weighbridge log monitor https://example.org/log --kept seen --key log.pub --subject 'acme/*'",
      help: "what was said about our models since the last time",
    },
  ],
  async run(given, { out, err, gone }) {
    const [place = ""] = positionals(given, "log monitor", ["URL|DIR"]);
    const kept = given.value("kept");
    if (kept === undefined) {
      throw new AppError("USAGE", "log monitor needs a file that remembers: --kept FILE");
    }
    const interval = intervalOf(given);
    const interruption = listenForInterruption(gone);
    const { source, close } = await openPlace(place, interruption.signal);
    try {
      const policy = await policyFor(given, source);
      const watch: Watch = { source, policy, kept, wants: wantsOf(given), json: given.has("json") };
      let alerts = await look(watch, out, err);
      for (let again = interval !== undefined; again;) {
        await sleep(interval, undefined, { signal: interruption.signal }).catch(() => undefined);
        again = !interruption.signal.aborted;
        alerts += again ? await lookAgain(watch, out, err) : 0;
      }
      return alerts > 0 ? FAILED : OK;
    } finally {
      interruption.dispose();
      await close();
    }
  },
};

interface Watch {
  readonly source: LogSource;
  readonly policy: Policy;
  readonly kept: string;
  readonly wants: Wants;
  readonly json: boolean;
}

interface Wants {
  subject(name: string): boolean;
  /** Nothing where anybody may. */
  readonly signers: readonly string[] | undefined;
}

/** Looks once. Gives the number of alerts. */
async function look(watch: Watch, out: Channel, err: Channel): Promise<number> {
  const { source, policy, kept } = watch;
  const keys = policy.logs.map(({ key }) => key);
  const { checkpoint, judgement } = await newestCheckpoint(source, policy);
  const before = keptCheckpoint(kept, keys);
  const found: NewEntry[] = [];
  for await (const entry of newEntries(source, before, checkpoint)) {
    if (entry.entry !== undefined && watch.wants.subject(entry.entry.subject.name)) {
      found.push(entry);
    }
  }
  // Only now is it known that they are in the log.
  const alerts = found.filter((entry) => isAlert(watch.wants, entry));
  for (const entry of found) {
    out.write(lineOf(entry, alerts.includes(entry), watch.json));
  }
  const file = openOutputFile(kept);
  file.write(formatNote(checkpoint.note));
  file.finish();
  const old = before?.size ?? 0;
  err.write(
    `${quote(checkpoint.origin)}: ${countOf(old)} before, ${checkpoint.size} now, consistent; ${judgement.witnesses.length} witnesses\n`,
  );
  if (!judgement.quorum) {
    err.write("alert: the witnesses that the policy asks for have not cosigned\n");
  }
  return alerts.length + (judgement.quorum ? 0 : 1);
}

/** A network that fails now and then ends no watch; a log that contradicts itself does. */
async function lookAgain(watch: Watch, out: Channel, err: Channel): Promise<number> {
  try {
    return await look(watch, out, err);
  } catch (error) {
    if (error instanceof AppError && error.code === "SOURCE_UNREADABLE") {
      err.write(`${escapeText(error.message)}\n`);
      return 0;
    }
    throw error;
  }
}

function isAlert({ signers }: Wants, { entry }: NewEntry): boolean {
  return signers !== undefined && !signers.includes(entry?.actor?.id ?? "");
}

function lineOf({ index, entry }: NewEntry, alert: boolean, json: boolean): string {
  if (json) {
    return `${JSON.stringify({ index, alert, entry })}\n`;
  }
  return entry === undefined ? "" : `${alert ? "alert: " : ""}${entryLine(index, entry)}\n`;
}

function wantsOf(given: Arguments): Wants {
  const globs = given.values("subject");
  const matches = globs.length === 0 ? () => true : globMatcher(globs);
  return {
    subject: matches,
    signers: given.has("signer") ? given.values("signer") : undefined,
  };
}

function intervalOf(given: Arguments): number | undefined {
  const value = given.value("interval");
  const seconds = Number(value);
  if (value !== undefined && !(seconds >= 1 && seconds <= 86_400 * 7)) {
    throw new AppError("USAGE", "--interval is a number of seconds from 1 to a week");
  }
  return value === undefined ? undefined : seconds * 1000;
}
