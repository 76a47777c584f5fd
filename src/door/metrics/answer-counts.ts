import { find } from '../../http/index.ts';
import {
  ANSWER_GROUPS,
  type AnswerCount,
  type AnswerGroup,
  TIME_CLASSES,
  timeClass,
} from '../../wire/figures/door-answers.ts';
import type { FinishedRequest } from '../request/finished-request.ts';

interface Counted {
  good: number;
  refused: number;
  failed: number;
  readonly times: number[];
}

/** Answers that last as long as somebody listens or reads: their time says nothing. */
const ENDLESS: ReadonlySet<string> = new Set(['stream', 'radio', 'backstage', 'download', 'bundle']);
/** Questions of machines that watch, and what is nothing at all. */
const UNCOUNTED: ReadonlySet<string> = new Set(['health', 'ready', 'none', 'live-other', 'replay-other']);
const JOINS: ReadonlySet<string> = new Set([
  'stream',
  'radio',
  'session',
  'live-main',
  'live-slow-main',
  'ticket',
]);
const NUMBERS: ReadonlySet<string> = new Set(['numbers-file', 'numbers', 'figure-card', 'beacon', 'events']);
/** A file of live sound. Looked at before the table of addresses: it is asked for most by far. */
const RENDITION = /^[a-z]{2,8}\d/;
const LIVE = '/live/';
function isLiveSound(path: string): boolean {
  const at = path.indexOf(LIVE);
  return at > 0 && RENDITION.test(path.slice(at + LIVE.length));
}

/** What an address is for; undefined where it counts nowhere. */
function groupOf(path: string): { readonly group: AnswerGroup; readonly timed: boolean } | undefined {
  const address = find(path)?.address;
  if (!address || UNCOUNTED.has(address.id)) return undefined;
  const { id, owner } = address;
  const timed = !ENDLESS.has(id);
  if (JOINS.has(id)) return { group: 'joining', timed };
  if (owner === 'cell') return { group: 'speaking', timed };
  if (id.startsWith('replay') || id === 'download') return { group: 'replays', timed };
  if (id.startsWith('live')) return { group: 'listening', timed };
  return { group: owner === 'tally' || NUMBERS.has(id) ? 'numbers' : 'pages', timed };
}
const LISTENING = { group: 'listening', timed: true } as const;

/** Counts what was answered, by what it was for: good, refused, failed, and how long it took. */
export class AnswerCounts {
  readonly #groups = new Map<AnswerGroup, Counted>(
    ANSWER_GROUPS.map((group) => [
      group,
      { good: 0, refused: 0, failed: 0, times: Array.from({ length: TIME_CLASSES }, () => 0) },
    ]),
  );

  /** A request is over. */
  count({ path, status, duration, method }: FinishedRequest): void {
    // Whoever left before there was an answer did not get a bad one.
    if (status === 0 || method === 'OPTIONS') return;
    const found = isLiveSound(path) ? LISTENING : groupOf(path);
    const counted = found && this.#groups.get(found.group);
    if (!found || !counted) return;
    if (status >= 500) counted.failed += 1;
    else if (status === 429) counted.refused += 1;
    else counted.good += 1;
    if (!found.timed || status >= 400) return;
    const at = timeClass(duration);
    counted.times[at] = (counted.times[at] ?? 0) + 1;
  }

  /** What was counted so far; `turnedAway`: connections that were refused because the door was full. */
  taken(turnedAway: number): Readonly<Partial<Record<AnswerGroup, AnswerCount>>> {
    const groups: Partial<Record<AnswerGroup, AnswerCount>> = {};
    for (const [group, { good, refused, failed, times }] of this.#groups)
      groups[group] = {
        ...{ good, refused, times: [...times] },
        failed: failed + (group === 'joining' ? turnedAway : 0),
      };
    return groups;
  }
}
