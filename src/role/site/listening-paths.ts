import { describe } from '../../api/index.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { EVENT_NAMES, MAX_EVENTS } from '../../wire/audience-events.ts';
import { MOST_POST_EVENTS, POST_EVENTS } from '../../wire/posts/post-events.ts';
import { TRANSPORTS } from '../../wire/session-record.ts';

const { json, refusals, ifNoneMatchHeader } = describe;
const text = { type: 'string' } as const;
const number = { type: 'number' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const instant = { type: 'integer', description: 'Wall-clock ms since 1970' } as const;
const flag = { type: 'boolean' } as const;
const slug = { name: 'slug', in: 'path', required: true, schema: text } as const;

type Fields = Readonly<Record<string, object>>;
const object = (properties: Fields, optional: readonly string[] = []) => ({
  type: 'object',
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});
const list = (items: object) => ({ type: 'array', items });

const person = object({
  ...{ id: text, name: text, role: { enum: ['host', 'co-host', 'speaker'] } },
  ...{ speaking: flag, muted: flag, connected: flag },
});
const clocks = {
  type: 'object',
  description: 'Each present once it has happened: scheduled, opens, opened, firstAudio, firstSpeech, ended',
} as const;
const card = object(
  {
    ...{ slug: text, title: text, hosts: list(text), status: text, clocks },
    ...{ streams: count, cap: count, plans: { type: 'object' }, welcome: flag },
  },
  ['streams', 'cap', 'plans', 'welcome'],
);
const state = object(
  {
    ...{ v: { const: 1 }, at: instant, slug: text, title: text, hosts: list(text) },
    status: { enum: ['scheduled', 'open', 'live', 'ended', 'cancelled', 'stopped'] },
    moment: { ...text, description: 'The same with a break told apart' },
    clocks,
    stage: list(person),
    program: object(
      {
        carries: { ...text, description: 'What is heard: the stage, or standby' },
        since: instant,
        deadAir: { type: 'object', description: 'Why it is silent: cause, since' },
      },
      ['deadAir'],
    ),
    streams: { ...count, description: 'Connections of listeners, which are not people' },
    listeners: { type: ['object', 'integer'], description: 'As they are counted; absent until they are' },
    delivery: { type: 'object', description: 'Rung of the ladder, interval of writes in ms, and why' },
    studio: { enum: ['here', 'away'] },
    gaps: list({ type: 'object' }),
    ...{ hands: { type: 'object' }, reactions: { type: 'object' }, questions: { type: 'object' } },
    ...{ pinned: { type: 'object' }, plans: { type: 'object' }, recording: { type: 'object' } },
  },
  ['moment', 'listeners', 'hands', 'reactions', 'questions', 'pinned', 'plans', 'recording'],
);
const figure = object(
  {
    ...{ value: number, low: number, high: number, unit: text, net: number, gross: number },
    ...{ method: text, error: number, definition: text, entry: count },
  },
  ['low', 'high', 'error', 'entry'],
);
const numbers = object({
  ...{ v: { const: 1 }, room: text, at: instant },
  status: { enum: ['reconciled', 'discrepant', 'range', 'client_only', 'server_only'] },
  state: { enum: ['live', 'final'] },
  metrics: {
    ...{ type: 'object', additionalProperties: figure },
    description: 'By the names of the definitions; a figure that is not known is absent, never 0',
  },
  excluded: { type: 'object', description: 'Sessions that do not count, by reason' },
  sampling: number,
});
const queue = object(
  {
    ...{ v: { const: 1 }, slug: text, at: instant, seq: count, previous: text, start: instant },
    admitted: object({ minute: count, rank: count }),
    open: count,
    buckets: list(object({ minute: count, tickets: count, gone: count })),
    ...{ perMinute: number, free: count, places: count, poll: count },
  },
  ['places'],
);
const chapter = object(
  { at: number, wall: instant, title: text, kind: { enum: ['speaker', 'note'] }, link: text, id: text },
  ['link', 'id'],
);
const outline = object(
  {
    ...{ v: { const: 1 }, seconds: number, lead: number },
    ...{ chapters: list(chapter), turns: list(chapter), trims: list({ type: 'object' }) },
    ...{ clips: list({ type: 'object' }), original: { type: 'object' }, moments: list({ type: 'object' }) },
    reactions: { type: 'object' },
  },
  ['original', 'moments', 'reactions'],
);

/** A file that everybody reads, which caches keep for as long as it says. */
const file = (summary: string, schema: object, codes: readonly ErrorCode[], matched = true) => ({
  get: {
    summary,
    ...(matched ? { parameters: [ifNoneMatchHeader] } : {}),
    responses: {
      200: json(schema, 'As of `at`, the same for everybody'),
      ...(matched ? { 304: { description: 'Nothing has changed' } } : {}),
      ...refusals(codes),
    },
  },
});
const RECORDED: readonly ErrorCode[] = [
  ...(['room-unknown', 'room-not-open', 'not-found', 'recording-removed', 'room-stopped'] as const),
  'recording-unreadable',
];
const told = (schema: object) => ({
  required: true,
  content: { 'application/json': { schema }, 'text/plain': { schema: text } },
});
const TAKEN = { 204: { description: 'Taken' } };

/** What listeners' pages read and report. Doors answer. */
export const listeningPaths = (): Record<string, object> => ({
  '/rooms.json': file(
    'What is on, comes, and was; public rooms alone',
    object({ v: { const: 1 }, at: instant, rooms: list(card) }),
    [],
  ),
  '/r/{slug}/state.json': {
    parameters: [slug],
    ...file('What happens in a room now; whoever hears the stream gets the same in it', state, [
      'room-unknown',
    ]),
  },
  '/r/{slug}/numbers.json': {
    parameters: [slug],
    ...file('What is known of its audience, as each figure is defined', numbers, [
      'room-unknown',
      'numbers-unknown',
      'numbers-away',
    ]),
  },
  '/r/{slug}/queue.json': {
    parameters: [slug],
    ...file('The line for the live edge; each page computes its own place from it', queue, [
      ...(['room-unknown', 'room-not-open', 'room-ended', 'room-stopped'] as const),
      ...(['studio-away', 'wrong-moment'] as const),
    ]),
  },
  '/r/{slug}/replay/outline.json': {
    parameters: [slug],
    ...file('Chapters, turns, what was left out, and clips', outline, RECORDED),
  },
  '/r/{slug}/replay/waveform.json': {
    parameters: [slug],
    ...file(
      'How loud the replay is, in equal stretches, 0 to 100',
      object({ v: { const: 1 }, seconds: number, levels: list(number) }),
      RECORDED,
    ),
  },
  '/r/{slug}/session': {
    parameters: [slug],
    post: {
      summary: 'A session for a player that fetches files; the stream gives one by itself',
      requestBody: told({
        ...{ type: 'object', properties: { way: { enum: [...TRANSPORTS] }, session: text, embed: flag } },
      }),
      responses: {
        200: json(
          object({ session: text, proofs: { ...flag, description: 'False: this player sends none' } }, [
            'proofs',
          ]),
          'The session',
        ),
        ...refusals(['room-unknown', 'too-large']),
      },
    },
  },
  '/r/{slug}/beacon': {
    parameters: [slug],
    post: {
      summary: 'A player proves what it has played. Whether it is believed is not said',
      requestBody: told(
        object(
          {
            ...{ session: text, way: { enum: [...TRANSPORTS] }, window: count, segments: count },
            proof: { ...text, description: '16 hexadecimal digits' },
            seconds: number,
            ...{ audible: flag, hidden: flag, embed: flag, stalls: count },
          },
          ['audible', 'hidden', 'embed', 'stalls'],
        ),
      ),
      responses: { ...TAKEN, ...refusals(['room-unknown', 'too-large']) },
    },
  },
  '/r/{slug}/events': {
    parameters: [slug],
    post: {
      summary: 'A page reports visits, attempts to listen and cards that were seen',
      requestBody: told(
        object(
          {
            v: { const: 1 },
            session: text,
            events: {
              ...{ type: 'array', minItems: 1, maxItems: MAX_EVENTS },
              description: 'Each: its name, a random key, perhaps a detail',
              items: { type: 'array', items: text, minItems: 2, maxItems: 3 },
              example: [[EVENT_NAMES[0], 'AAAAAAAAAAAAAAAA']],
            },
          },
          ['session'],
        ),
      ),
      responses: { ...TAKEN, ...refusals(['room-unknown', 'bad-request', 'too-large']) },
    },
  },
  '/post-events': {
    post: {
      summary: 'A page reports which posts on it were seen or opened, and that a listen began from one',
      requestBody: told(
        object({
          v: { const: 1 },
          view: {
            ...{ ...text, pattern: '^[\\w-]{11}$', example: 'AAAAAAAAAAA' },
            description: '64 random bits in base64url, the same for all of a page view',
          },
          events: {
            ...{ type: 'array', minItems: 1, maxItems: MOST_POST_EVENTS },
            description: 'Each: its name, and the mark that the page has beside the post',
            items: { type: 'array', items: text, minItems: 2, maxItems: 2 },
            example: [[POST_EVENTS[0], 'mjkq2v8x1c0.abcde..AAAAAAAAAAA']],
          },
        }),
      ),
      responses: { ...TAKEN, ...refusals(['bad-request', 'too-large']) },
    },
  },
});
