import { z } from 'zod';
import type { IncidentLine } from './incident-book.ts';

/** The last moment that a date can name. Spec: ECMAScript, time values. */
const LAST_MOMENT = 8.64e15;
/** The end of the year 9999: an id is made of four digits of a year. */
const LATEST = 253_402_300_799_999;

const moment = z.number().min(0).max(LATEST);
const amount = z.number().min(0).max(LAST_MOMENT);
const sentences = z.array(z.string());
const share = z.looseObject({ share: z.number().nullable(), low: z.number(), high: z.number() });
const crowd = z.looseObject({ clients: amount, requests: amount, cost: amount });
const author = z.enum(['operator', 'host']);

const sign = z.looseObject({
  kind: z.enum([
    ...(['rung', 'dead-air', 'studio-away', 'late-start'] as const),
    ...(['failed-joins', 'process', 'hostile-requests', 'person'] as const),
  ]),
  room: z.string().optional(),
  from: moment,
  to: moment.optional(),
  detail: z.string().optional(),
});

const audience = z.looseObject({
  before: amount.optional(),
  ...{ most: amount, least: amount, attempts: amount, failures: amount, excluded: amount },
});

const answers = z.looseObject({
  ...{ asked: amount, failed: amount, refused: amount },
  times: z.array(amount).optional(),
});

const minute = z.looseObject({
  at: moment,
  groups: z.record(z.string(), answers).optional(),
  listeners: amount.optional(),
  attempts: amount.optional(),
  failures: amount.optional(),
  sound: z.array(amount).optional(),
  cut: amount.optional(),
  bytes: amount.optional(),
  connections: amount.optional(),
  mostConnections: amount.optional(),
  mostBytes: amount.optional(),
  rung: amount,
});

const requests = z.looseObject({
  label: z.enum(['NO_OVERLOAD', 'CROWD', 'ATTACK', 'MIXED', 'INTERNAL_FAULT', 'UNDETERMINED']),
  caused: z.boolean().nullable(),
  hostile: z.looseObject({ cost: share, requests: share }),
  families: z.array(
    z.looseObject({ name: z.string(), says: z.string(), weight: z.number(), detail: z.string() }),
  ),
  for: sentences,
  against: sentences,
  window: z.looseObject({ from: z.string().nullable(), to: z.string().nullable() }),
  complete: z.number(),
  classes: z.looseObject({ person: crowd, attacker: crowd }),
  clients: z.array(z.looseObject({ key: z.string(), class: z.string(), cost: z.number(), why: z.string() })),
});

const written = z.looseObject({ at: moment, author, room: z.string().optional(), text: z.string() });

const id = z.string().regex(/^[0-9]{8}-[0-9]{6}b{0,60}$/);
const key = z.string();

const line = z.discriminatedUnion('what', [
  z.looseObject({ what: z.literal('sign'), id, key, sign }),
  z.looseObject({ what: z.literal('sign-over'), id, key, to: moment }),
  z.looseObject({ what: z.literal('more'), id, key, from: moment }),
  z.looseObject({ what: z.literal('requests'), id, requests }),
  z.looseObject({ what: z.literal('note'), id, note: written }),
  z.looseObject({ what: z.literal('minutes'), id, minutes: z.array(minute) }),
  z.looseObject({ what: z.literal('postmortem'), id, version: written }),
  z.looseObject({
    what: z.literal('over'),
    id,
    to: moment,
    complete: z.boolean(),
    audience: audience.optional(),
  }),
]);

/** A line of the journal of incidents, as it was read; undefined where a damaged file has something else. */
export const readIncidentLine = (value: unknown): IncidentLine | undefined => {
  const read = line.safeParse(value);
  // What was written, not what was read: members that are not known here stay.
  return read.success ? (value as IncidentLine) : undefined;
};

const head = z.looseObject({
  v: z.literal(1),
  kind: z.literal('earshot-incident'),
  id,
  window: z.looseObject({ from: moment, to: moment.optional() }),
  signs: z.array(sign),
  complete: z.boolean(),
  audience: audience.optional(),
});

/** True for the first line of somebody's bundle. */
export const isBundleHead = (value: unknown): boolean => head.safeParse(value).success;
