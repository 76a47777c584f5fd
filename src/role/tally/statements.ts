import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Incident, IncidentStatement } from '../../incident/index.ts';
import { readEntries } from '../../journal/index.ts';
import type { ClaimEntry } from '../../wire/evidence-entry.ts';
import type { HostNote } from '../../wire/figures/host-note.ts';

/** What was said so long before an incident, and after its end, is beside it. */
const BEFORE_MS = 5 * 60_000;
const AFTER_MS = 60 * 60_000;
/** Rooms whose claims are read for one incident; and statements beside it. */
const MOST_ROOMS = 200;
const MOST_STATEMENTS = 200;

/** Where statements are read from. */
export interface StatementsDeps {
  /** The folder of claims, which the site writes: one chained journal for each room. */
  readonly claims: string;
  /** Notes of hosts; rejects while the log cannot be read. */
  notesOf(room: string): Promise<readonly HostNote[]>;
  /** Rooms that run now. */
  running(): Iterable<string>;
}

type Written = Omit<ClaimEntry, 'seq' | 'previous'>;

/** The claims of a room with their corrections, disputes and answers; the newest wording stands for the claim. */
function claimsIn(entries: readonly Written[]): IncidentStatement[] {
  const claims = new Map<string, { statement: IncidentStatement }>();
  for (const { kind, claim, at, author, room, text, verdict } of entries) {
    const known = claims.get(claim);
    const says = verdict === undefined ? {} : { verdict };
    if (kind === 'claim' && !known)
      claims.set(claim, {
        statement: { ...{ kind: 'claim', at, author, room, text, before: [], replies: [] }, ...says },
      });
    else if (known && kind === 'claim-correction') {
      const { text: was, before, verdict: _, ...rest } = known.statement;
      const since = before[0]?.at ?? known.statement.at;
      known.statement = { ...rest, text, before: [{ at: since, text: was }, ...before], ...says };
    } else if (known && (kind === 'dispute' || kind === 'answer'))
      known.statement = {
        ...known.statement,
        replies: [...known.statement.replies, { kind, at, author, text }],
      };
  }
  return [...claims.values()].map(({ statement }) => statement);
}

/** Notes as they read now: one that takes the place of another stands where that stood. */
function notesIn(room: string, notes: readonly HostNote[]): IncidentStatement[] {
  const bySeq = new Map<number, IncidentStatement>();
  const stands = new Map<number, number>();
  for (const { seq, at, author, text, answers, corrects, written } of notes) {
    const target = corrects === undefined ? undefined : (stands.get(corrects) ?? corrects);
    const corrected = target === undefined ? undefined : bySeq.get(target);
    const answered = answers === undefined ? undefined : bySeq.get(stands.get(answers) ?? answers);
    if (target !== undefined && corrected) {
      bySeq.set(target, {
        ...corrected,
        text,
        before: [{ at: corrected.before[0]?.at ?? corrected.at, text: corrected.text }, ...corrected.before],
      });
      stands.set(seq, target);
    } else if (answers !== undefined && answered) {
      const own = stands.get(answers) ?? answers;
      const reply = { kind: 'answer', at: written, author, text } as const;
      bySeq.set(own, { ...answered, replies: [...answered.replies, reply] });
    } else bySeq.set(seq, { kind: 'note', at, author, room, text, before: [], replies: [] });
  }
  return [...bySeq.values()];
}

/** Opens the reader of what people said while an incident lasted: claims of all rooms, notes of the rooms in it. */
export function openStatements(
  deps: StatementsDeps,
): (incident: Incident, now: number) => Promise<readonly IncidentStatement[]> {
  return async ({ window, rooms }, now) => {
    const from = window.from - BEFORE_MS;
    const to = (window.to ?? now) + AFTER_MS;
    const found: IncidentStatement[] = [];
    const names = await readdir(deps.claims).catch(() => []);
    for (const name of names.filter((one) => one.endsWith('.jsonl')).slice(0, 10 * MOST_ROOMS)) {
      const path = join(deps.claims, name);
      const written = await stat(path).catch(() => undefined);
      // Nothing was written into it since.
      if (!written || written.mtimeMs < from) continue;
      found.push(...claimsIn(readEntries<Written>(await readFile(path, 'utf8').catch(() => ''))));
    }
    for (const room of [...new Set([...rooms, ...deps.running()])].slice(0, MOST_ROOMS)) {
      const notes = await deps.notesOf(room).catch(() => undefined);
      // The log cannot be read: claims are said without it.
      if (!notes) break;
      found.push(...notesIn(room, notes));
    }
    return found
      .filter(({ at }) => at >= from && at <= to)
      .sort((a, b) => a.at - b.at)
      .slice(-MOST_STATEMENTS);
  };
}
