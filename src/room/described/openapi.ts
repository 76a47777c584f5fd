import { describe } from '../../api/index.ts';
import { ERRORS } from '../../base/errors.ts';
import { MOST_NOTE_TEXT, MOST_NOTES } from '../../wire/figures/host-note.ts';
import { ACTIONS } from '../status.ts';
import { HOST, instant, number, object, sent, slugParameter, text, url } from './basics.ts';
import { continuePaths, enterPaths, peoplePaths } from './people.ts';

const { ref, json, body, refusals, BODY, REPEAT, bearer } = describe;

const room = object(
  {
    slug: text,
    title: text,
    hosts: { type: 'array', items: text },
    status: { enum: ['scheduled', 'open', 'live', 'ended', 'cancelled', 'stopped'] },
    clocks: {
      type: 'object',
      description: 'Present once they happened',
      properties: {
        scheduled: instant,
        opens: instant,
        opened: instant,
        firstAudio: instant,
        firstSpeech: instant,
        ended: instant,
      },
    },
    welcome: { type: 'boolean', description: 'True for the demo room' },
    access: { enum: ['public', 'unlisted', 'private'] },
    about: { ...text, description: 'What it is about; absent: its hosts say nothing' },
    zone: { ...text, description: 'The time zone of its hosts by its IANA name; absent: UTC' },
    plans: {
      type: 'object',
      description:
        'What its hosts say: late, moved, cancelled, continues, continuedBy; hostErased: since when a host’s account is erased',
    },
    hostGone: {
      type: 'object',
      description:
        'The host’s connections ended in the middle of the conversation: since when, and which co-host stands in (to)',
    },
    ...{ url, whip: url, whep: url, stream: url, state: url, event: url },
    cap: { type: 'integer', minimum: 1, description: 'Listeners at the live edge at once' },
    rules: { type: 'object', description: 'How people come on stage, as in PATCH; absent: as usual' },
  },
  ['cap', 'rules', 'plans', 'hostGone', 'about', 'zone'],
);

const ACTS = {
  open: 'Open the lobby: hold music plays, speakers hear each other backstage',
  live: 'Put the stage on the program',
  standby: 'Go back to the lobby',
  end: 'End the conversation; the replay stays',
  cancel: 'Cancel a room that was never live',
} as const;

const schemas = () => ({
  Room: room,
  Created: object({
    ...{ slug: text, url, studio: url, whip: url, whep: url },
    token: { ...text, description: 'The host: Bearer token for this room' },
    speaker: { ...text, description: "The host's place on the stage" },
    room: ref('Room'),
  }),
  Invite: object({
    ...{ url, token: text, speaker: text },
    role: { enum: ['speaker', 'co-host', 'host'] },
  }),
  Note: object(
    { seq: number, entry: { type: 'integer' }, at: instant, written: instant, author: text, ...note },
    ['answers', 'corrects'],
  ),
  Problem: object(
    {
      type: text,
      title: text,
      status: { type: 'integer' },
      code: { enum: Object.keys(ERRORS) },
      detail: text,
      field: { ...text, description: 'The field that is not taken as it is' },
      rule: { ...text, description: 'The name of the rule on words that it breaks' },
      limit: { ...text, description: 'Whose limit is reached' },
      most: { type: 'integer', description: 'The limit' },
      seconds: { type: 'number', description: 'After how many another try makes sense' },
    },
    ['detail', 'field', 'rule', 'limit', 'most', 'seconds'],
  ),
});

const listPaths = () => ({
  '/api/rooms': {
    get: {
      summary: 'Rooms, newest first',
      parameters: [
        { name: 'status', in: 'query', schema: text, description: 'Only these, separated by commas' },
        ...describe.pageParameters(200, 100),
      ],
      responses: {
        200: json(describe.page('rooms', ref('Room')), 'A page of rooms'),
        ...refusals(['unprocessable']),
      },
    },
    post: {
      summary: 'Start or announce a room',
      description:
        'By default open to anyone on the server’s own machine, and to holders of the operator’s link or key as Bearer token; the setting roomsCreate decides.',
      security: [{}, ...bearer],
      parameters: [describe.idempotencyKey],
      requestBody: body(sent().create),
      responses: {
        201: json(ref('Created'), 'The room and the host link'),
        303: { description: 'For an HTML form: to the studio page' },
        ...refusals([
          ...BODY,
          ...REPEAT,
          ...([
            'token-missing',
            'operator-only',
            'foreign-page',
            'slug-taken',
            'too-many-rooms',
            'rooms-full',
          ] as const),
        ]),
      },
    },
  },
});

const roomPaths = () => ({
  '/api/rooms/{slug}': {
    parameters: [slugParameter],
    get: {
      summary: 'One room',
      parameters: [describe.ifNoneMatchHeader],
      responses: {
        200: describe.tagged(ref('Room'), 'The room'),
        304: { description: 'The copy with this ETag is still the same' },
        ...refusals(['room-unknown']),
      },
    },
    patch: {
      summary: 'Change the title, the cap on live listeners, or the start before the room has opened',
      security: bearer,
      parameters: [describe.ifMatchHeader],
      requestBody: body(sent().edit),
      responses: {
        200: describe.tagged(ref('Room'), 'The room'),
        ...refusals([...BODY, ...HOST, 'etag-mismatch', 'too-many-changes', 'wrong-moment', 'room-ended']),
      },
    },
    delete: {
      summary: 'Remove a room that does not run from all lists, with its recording',
      security: bearer,
      parameters: [describe.ifMatchHeader],
      responses: {
        204: { description: 'Done' },
        ...refusals([...HOST, 'etag-mismatch', 'too-many-changes', 'wrong-moment']),
      },
    },
  },
  '/api/rooms/{slug}/recording': {
    delete: {
      summary: 'Remove the recording of a room that does not run; the room stays',
      security: bearer,
      responses: {
        204: { description: 'Done' },
        ...refusals([...HOST, 'too-many-changes', 'wrong-moment', 'not-found']),
      },
    },
  },
});

const startPaths = () => ({
  '/api/start': {
    get: {
      summary: 'Whether the caller may start rooms',
      security: [{}, ...bearer],
      responses: {
        200: json(
          object({
            may: { type: 'boolean' },
            who: { enum: ['anyone', 'local', 'operator'] },
            operator: { type: 'boolean', description: 'True with the operator’s link or key' },
          }),
          'The answer',
        ),
      },
    },
  },
});

const actionPaths = () =>
  Object.fromEntries(
    ACTIONS.map((action) => [
      `/api/rooms/{slug}/${action}`,
      {
        parameters: [slugParameter],
        post: {
          summary: ACTS[action],
          security: bearer,
          responses: {
            200: json(ref('Room'), 'The room'),
            ...refusals([...HOST, 'too-many-changes', 'wrong-moment', 'room-ended', 'rooms-full']),
          },
        },
      },
    ]),
  );

const musicPaths = () => ({
  '/api/rooms/{slug}/music': {
    parameters: [slugParameter],
    put: {
      summary: 'Play this instead of the hold music of the house: its first two minutes, in a loop',
      security: bearer,
      parameters: [describe.ifMatchHeader],
      requestBody: {
        required: true,
        description: 'WAV (16-bit or float, one or two channels, 8 to 384 kHz) or Ogg Opus, at most 8 MB',
        content: { 'audio/wav': {}, 'audio/ogg': {} },
      },
      responses: {
        200: describe.tagged(object({ seconds: { type: 'integer' } }), 'How long the loop is'),
        ...refusals([
          ...(['too-large', 'too-slow', 'unsupported-media-type', 'unprocessable', 'crowded'] as const),
          ...HOST,
          ...(['too-many-changes', 'wrong-moment', 'room-ended', 'etag-mismatch'] as const),
        ]),
      },
    },
    get: {
      summary: 'Whether a music of its own plays, and how long its loop is',
      security: bearer,
      parameters: [describe.ifNoneMatchHeader],
      responses: {
        304: { description: 'Nothing has changed' },
        200: describe.tagged(
          object({ seconds: { type: ['integer', 'null'], description: 'null: the music of the house' } }),
          'What plays while nobody is heard',
        ),
        ...refusals(HOST),
      },
    },
    delete: {
      summary: 'Back to the hold music of the house',
      security: bearer,
      parameters: [describe.ifMatchHeader],
      responses: {
        204: { description: 'Done' },
        ...refusals([...HOST, 'too-many-changes', 'etag-mismatch']),
      },
    },
  },
  '/api/rooms/{slug}/music.wav': {
    parameters: [slugParameter],
    get: {
      summary: 'The sound of the room’s own music, as it is played',
      security: bearer,
      responses: {
        200: { description: 'WAV, 48 kHz, 16-bit, two channels', content: { 'audio/wav': {} } },
        ...refusals([...HOST, 'not-found']),
      },
    },
  },
});

const eventPaths = () => ({
  '/r/{slug}/event.ics': {
    parameters: [slugParameter],
    get: {
      summary: 'The room as a calendar entry',
      responses: {
        200: { description: 'RFC 5545', content: { 'text/calendar': { schema: text } } },
        ...refusals(['room-unknown']),
      },
    },
  },
});

const note = {
  text: { ...text, maxLength: MOST_NOTE_TEXT },
  answers: { ...number, description: 'The seq of the note that it answers' },
  corrects: { ...number, description: 'The seq of the note whose place it takes' },
};

const notePaths = () => ({
  '/api/rooms/{slug}/notes': {
    parameters: [slugParameter],
    get: {
      summary: 'Notes of the host, as they stand in the evidence log, the oldest first',
      parameters: describe.pageParameters(MOST_NOTES, MOST_NOTES),
      responses: {
        200: json(describe.page('notes', ref('Note')), 'A page of notes'),
        ...refusals(['room-unknown', 'tally-away', 'unprocessable']),
      },
    },
    post: {
      summary: 'Write a note; it is never changed or removed',
      security: bearer,
      requestBody: body(
        object({ ...note, at: { ...text, format: 'date-time' } }, ['at', 'answers', 'corrects']),
      ),
      responses: {
        201: json(ref('Note'), 'The note'),
        ...refusals([...BODY, 'token-missing', 'not-host', 'operator-only', 'not-found', 'room-unknown']),
        ...refusals(['too-many-changes', 'tally-away', 'evidence-unreadable']),
      },
    },
  },
});

/**
 * The description of the HTTP API, made from the schemas that check it; `others`: addresses of other parts.
 * Spec: OpenAPI 3.1.
 */
export function openapi(version: string, others: Readonly<Record<string, object>> = {}): object {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Earshot',
      version,
      license: { name: 'MIT', identifier: 'MIT' },
      description: 'Rooms of one Earshot server. Tokens come with host and speaker links.',
    },
    components: {
      securitySchemes: {
        link: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        personal: {
          ...{ type: 'http', scheme: 'bearer', bearerFormat: 'ea_…' },
          description: 'A token for programs, made at /account: what its owner may do',
        },
        session: {
          ...{ type: 'apiKey', in: 'cookie', name: '__Host-earshot-session' },
          description:
            'The cookie of somebody who signed in at /sign-in; earshot-session where there is no HTTPS',
        },
      },
      schemas: schemas(),
    },
    paths: {
      ...listPaths(),
      ...roomPaths(),
      ...startPaths(),
      ...actionPaths(),
      ...peoplePaths(),
      ...musicPaths(),
      ...eventPaths(),
      ...enterPaths(),
      ...continuePaths(),
      ...notePaths(),
      ...others,
    },
  };
}
