import type { AnswerGroup } from '../../wire/figures/door-answers.ts';
import type { IncidentSign } from '../incident.ts';
import type { IncidentMinute } from './incident-minute.ts';

const MINUTE_MS = 60_000;

/** What each part of the server has to do in a minute; docs/incidents.md tells people. */
export const OBJECTIVES: Readonly<
  Record<AnswerGroup, { readonly share: number; readonly silentMs?: number; readonly players?: number }>
> = {
  /** Segments and playlists of a running room; and no silence longer than this that nobody chose. */
  listening: { share: 0.99, silentMs: 3_000 },
  /** Streams that begin; and joins that players told of. */
  joining: { share: 0.95, players: 0.95 },
  /** Signalling of microphones; and a studio that is there. */
  speaking: { share: 0.99, silentMs: 3_000 },
  replays: { share: 0.99 },
  pages: { share: 0.99 },
  numbers: { share: 0.99 },
};

/** Fewer than this many requests show no share: one that fails among three is told, and misses nothing. */
const LEAST_ASKED = 5;
/** Joins of players below which a share of them says nothing. */
const LEAST_JOINS = 5;

/** How one part did in one minute. */
export interface PartMinute {
  readonly at: number;
  /** `idle`: nobody asked and nothing was wrong. `unknown`: it was not measured. */
  readonly state: 'met' | 'missed' | 'idle' | 'unknown';
  /** What was answered well of what was asked, 0 to 1; absent when nothing was asked. */
  readonly share?: number;
  readonly asked: number;
  /** ms of the minute in which it was silent or away. */
  readonly silent: number;
}

/** How one part did over an incident. */
export interface PartHistory {
  readonly group: AnswerGroup;
  readonly minutes: readonly PartMinute[];
  readonly asked: number;
  readonly failed: number;
  /** Told to wait (429); they are among `failed` too where somebody who has to wait hears nothing. */
  readonly refused: number;
  readonly met: number;
  readonly missed: number;
}

/** ms within the minute at `at` in which one of the signs lasted. */
function covered(signs: readonly IncidentSign[], at: number, now: number): number {
  const spans = signs
    .map(({ from, to = now }) => [Math.max(from, at), Math.min(to, at + MINUTE_MS)] as const)
    .filter(([from, to]) => to > from)
    .sort(([a], [b]) => a - b);
  let end = at;
  let sum = 0;
  for (const [from, to] of spans) {
    sum += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return sum;
}

/** Whoever is told to wait here (429) hears nothing: for them it failed. */
const WAITING_FAILS: ReadonlySet<AnswerGroup> = new Set(['joining', 'listening']);
const failedOf = (group: AnswerGroup, { groups }: IncidentMinute): number => {
  const { failed = 0, refused = 0 } = groups?.[group] ?? {};
  return failed + (WAITING_FAILS.has(group) ? refused : 0);
};

const silentSigns: Readonly<Partial<Record<AnswerGroup, readonly IncidentSign['kind'][]>>> = {
  // While a studio is away listeners hear hold music from the doors, and speakers nobody.
  listening: ['dead-air'],
  speaking: ['studio-away'],
};

function partMinute(
  group: AnswerGroup,
  minute: IncidentMinute,
  signs: readonly IncidentSign[],
  now: number,
): PartMinute {
  const { at, groups } = minute;
  const kinds = silentSigns[group] ?? [];
  const silent = covered(
    signs.filter(({ kind }) => kinds.includes(kind)),
    at,
    now,
  );
  const objective = OBJECTIVES[group];
  const count = groups?.[group];
  const asked = count?.asked ?? 0;
  const share = asked === 0 ? undefined : (asked - failedOf(group, minute)) / asked;
  const { attempts = 0, failures = 0 } = minute;
  const players = group === 'joining' && attempts >= LEAST_JOINS ? 1 - failures / attempts : undefined;
  const missed =
    silent > (objective.silentMs ?? Number.POSITIVE_INFINITY) ||
    (share !== undefined && asked >= LEAST_ASKED && share < objective.share) ||
    (players !== undefined && players < (objective.players ?? 0));
  const state = missed
    ? 'missed'
    : groups === undefined
      ? 'unknown'
      : asked === 0 && players === undefined && silent === 0
        ? 'idle'
        : 'met';
  return { at, state, asked, silent, ...(share === undefined ? {} : { share }) };
}

/** How a part did in the minutes of an incident, minute by minute. */
export function partHistory(
  group: AnswerGroup,
  minutes: readonly IncidentMinute[],
  signs: readonly IncidentSign[],
  now: number,
): PartHistory {
  const list = minutes.map((minute) => partMinute(group, minute, signs, now));
  const sum = (of: (minute: IncidentMinute) => number | undefined): number =>
    minutes.reduce((total, minute) => total + (of(minute) ?? 0), 0);
  return {
    ...{ group, minutes: list },
    asked: sum(({ groups }) => groups?.[group]?.asked),
    failed: sum((minute) => failedOf(group, minute)),
    refused: sum(({ groups }) => groups?.[group]?.refused),
    met: list.filter(({ state }) => state === 'met').length,
    missed: list.filter(({ state }) => state === 'missed').length,
  };
}
