import { describe } from '../../api/index.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { HOST, idParameter, instant, number, object, sent, slugParameter, text } from './basics.ts';

const { ref, json, body, refusals, BODY, bearer } = describe;

const span = object({ low: number, middle: number, high: number }, ['middle']);
const spans = object({ peak: span, heard: span, worst: span });
const signals = object({
  reminders: { type: 'object', description: 'Reminders by kind' },
  ...{ followers: number, invited: number },
});
const basis = object({ own: number, others: number, knows: { enum: ['nothing', 'little', 'some'] } });
const made = { made: number, moment: { enum: ['announced', 'day', 'hour', 'start'] }, signals, basis, spans };
const score = object({
  ...{ checked: number, inside: number, below: number, above: number, expected: number },
  isOdd: { type: 'boolean', description: 'True where chance alone does not explain it' },
});
const forecast = object(
  {
    v: { const: 1 },
    ...{ room: text, title: text, status: text },
    start: { ...number, description: 'The announced start, ms since 1970' },
    now: {
      ...object({ v: { const: 1 }, ...made, arrivals: { type: 'array', items: { type: 'array' } } }),
      description:
        'As it is now, until the room is live. peak: listeners at once; heard: of a minute or more; worst: arrivals in the busiest minute; arrivals: shares by minutes from the start',
    },
    capacity: {
      type: 'object',
      description:
        'What this machine holds by calculation, the most that were here at full service, the rung to be expected at the upper end, and what to do',
    },
    reminding: {
      ...object({ people: number, from: number, until: number }),
      description:
        'When those who asked for it are reminded before the start, one after the other, ms since 1970',
    },
    shown: {
      type: 'array',
      items: object({ ...made, start: number, hits: { type: 'object' } }, ['start', 'hits']),
      description: 'Forecasts that were kept; hits: inside, below, above or unknown, once the room is over',
    },
    outcome: object(
      { came: { type: 'object', description: 'peak, heard, worst' }, entry: number, ended: number },
      ['entry'],
    ),
    score: { ...score, description: 'Of the listeners at once, over rooms of the same hosts' },
    serverScore: { ...score, description: 'Over all rooms; for the operator' },
  },
  ['start', 'now', 'capacity', 'reminding', 'outcome', 'serverScore'],
);

/** Invitations, who may come, and the withdrawal of links. */
export const peoplePaths = () => ({
  '/api/rooms/{slug}/invites': {
    parameters: [slugParameter],
    post: {
      summary: 'Make a link for one person; a host link only for the operator, also after the end',
      security: bearer,
      requestBody: body(sent().invite, false),
      responses: {
        201: json(ref('Invite'), 'The link'),
        ...refusals([...BODY, ...HOST, 'operator-only', 'too-many-changes', 'room-ended']),
      },
    },
  },
  '/api/rooms/{slug}/settings': {
    parameters: [slugParameter],
    get: {
      summary: 'Who may come, and whether a password is set, for hosts',
      security: bearer,
      responses: {
        200: json(
          object({
            access: { enum: ['public', 'unlisted', 'private'] },
            draft: { type: 'boolean' },
            password: { type: 'boolean', description: 'Whether whoever knows a password is let in' },
          }),
          'What is set',
        ),
        ...refusals(HOST),
      },
    },
    patch: {
      summary: 'Who may come: everybody, whoever knows the address, or whoever is let in',
      security: bearer,
      parameters: [describe.ifMatchHeader],
      requestBody: body(sent().settings),
      responses: {
        200: describe.tagged(ref('Room'), 'The room'),
        ...refusals([...BODY, ...HOST, 'etag-mismatch', 'too-many-changes', 'wrong-moment']),
      },
    },
  },
  '/api/rooms/{slug}/forecast': {
    parameters: [slugParameter],
    get: {
      summary:
        'How many will come, with 80 % intervals, and how earlier forecasts came out; for hosts and the operator',
      security: bearer,
      responses: { 200: json(forecast, 'Estimates, never counts'), ...refusals([...HOST, 'not-found']) },
    },
  },
  '/api/rooms/{slug}/publish': {
    parameters: [slugParameter],
    post: {
      summary: 'Announce a draft; without a start it opens',
      security: bearer,
      responses: {
        200: json(ref('Room'), 'The room'),
        ...refusals([...HOST, 'too-many-changes', 'room-ended', 'rooms-full']),
      },
    },
  },
  '/api/rooms/{slug}/keys/renew': {
    parameters: [slugParameter],
    post: {
      summary: 'Withdraw every key and invitation of a private room',
      security: bearer,
      responses: { 200: json(ref('Room'), 'The room'), ...refusals([...HOST, 'too-many-changes']) },
    },
  },
  '/api/rooms/{slug}/links/renew': {
    parameters: [slugParameter],
    post: {
      summary: 'Withdraw every link of the room; the answer is the caller’s new one',
      security: bearer,
      responses: {
        201: json(ref('Invite'), 'The new host link'),
        ...refusals([...HOST, 'too-many-changes']),
      },
    },
  },
  '/api/rooms/{slug}/people/{id}': {
    parameters: [slugParameter, idParameter],
    delete: {
      summary: 'Remove a person: their link is worth nothing in this room any more',
      security: bearer,
      responses: {
        204: { description: 'Done' },
        ...refusals([...HOST, 'too-many-changes', 'unprocessable', 'wrong-moment']),
      },
    },
  },
});

/** The way into a private room. */
export const enterPaths = () => ({
  '/r/{slug}/enter': {
    parameters: [slugParameter],
    post: {
      summary: 'The key of a private room, for a password, a pass, a link as a bearer token, or an account',
      description:
        'By account: hosts, co-hosts and speakers of the room, the operator, and whoever is invited to listen. A body without anything asks for that. A room that is open to everybody and no room are answered alike.',
      security: [{}, ...bearer, { session: [] }, { personal: [] }],
      requestBody: body(sent().enter),
      responses: {
        200: json(
          object(
            {
              key: text,
              until: instant,
              pass: {
                ...text,
                description: 'What to show next time; `account`: the account again',
              },
            },
            ['pass'],
          ),
          'Everything of the room is below /r/{slug}~{key} until then',
        ),
        ...refusals([
          ...[...BODY, 'room-unknown', 'account-not-listed', 'foreign-page', 'too-many-passwords'],
          ...['link-withdrawn', 'removed', 'banned'],
        ] as readonly ErrorCode[]),
      },
    },
  },
});

/** The room that another one continues. */
export const continuePaths = () => ({
  '/api/rooms/{slug}/continue': {
    parameters: [slugParameter],
    post: {
      summary:
        'Another room continues this one: its listeners are carried over, and this one ends after 90 seconds',
      description:
        'Both rooms are open or live. Both are private, or neither; what let people into the first private room lets them into the second then, until its keys are renewed. Who hosts the other room agrees: the caller’s account hosts both, or `link` is its studio link. The operator needs neither.',
      security: bearer,
      requestBody: body(sent().continue),
      responses: {
        200: json(ref('Room'), 'The room, with `plans.continuedBy`'),
        ...refusals([...BODY, ...HOST, 'too-many-changes', 'wrong-moment', 'room-ended', 'room-stopped']),
      },
    },
  },
});
