import { describe } from '../../api/index.ts';
import type { ErrorCode } from '../../base/errors.ts';
import type { BackstageAction } from '../../wire/stage/backstage.ts';
import { STAGE_NAME_LENGTH, TOPIC_LENGTH } from '../../wire/stage/hands.ts';

const { bearer, refusals } = describe;
const text = { type: 'string' } as const;
const slug = { name: 'slug', in: 'path', required: true, schema: text } as const;
const session = {
  ...{ name: 'session', in: 'path', required: true, schema: text },
  description: 'The last step of Location in the answer to the offer',
} as const;

/** What any request with a link may be refused for. */
const LINK: readonly ErrorCode[] = [
  ...(['token-missing', 'token-invalid', 'token-expired', 'token-other-room'] as const),
  ...(['link-withdrawn', 'banned', 'room-unknown', 'room-not-open', 'room-ended', 'room-stopped'] as const),
  ...(['studio-away', 'too-often', 'too-large'] as const),
];
const OFFER: readonly ErrorCode[] = [
  ...LINK,
  ...(['bad-sdp', 'unsupported-media-type', 'already-on-stage'] as const),
  ...(['moved-to-listeners', 'hand-over', 'stage-full', 'media-unavailable', 'wrong-moment'] as const),
];

const sdp = (description: string) => ({
  required: true,
  description,
  content: { 'application/sdp': { schema: text } },
});
const string = (description: string) => ({ description, schema: text });

/** A connection over WebRTC: an offer for an answer. Specs: RFC 9725 (WHIP), draft-ietf-wish-whep. */
const connection = (kind: 'whip' | 'whep', summary: string, offer: string, more: readonly object[]) => ({
  [`/r/{slug}/${kind}`]: {
    parameters: [slug, ...more],
    post: {
      summary,
      security: bearer,
      requestBody: sdp(offer),
      responses: {
        201: {
          description: 'The answer, with the candidates of the server',
          headers: {
            Location: string('The connection, for trickled candidates and its end'),
            ETag: string('For If-Match when candidates are trickled'),
            Link: string('STUN and TURN servers, where there are any'),
          },
          content: { 'application/sdp': { schema: text } },
        },
        ...refusals(OFFER),
      },
    },
  },
  [`/r/{slug}/${kind}/{session}`]: {
    parameters: [slug, session],
    patch: {
      summary: 'Trickle candidates. A restart is refused with 422: send a new offer, the place is kept',
      security: bearer,
      parameters: [{ ...describe.ifMatchHeader, required: true, description: 'The ETag of the connection' }],
      requestBody: { required: true, content: { 'application/trickle-ice-sdpfrag': { schema: text } } },
      responses: {
        204: { description: 'Taken' },
        ...refusals([
          ...LINK,
          ...(['session-unknown', 'unsupported-media-type', 'etag-missing', 'etag-mismatch'] as const),
          ...(['bad-sdp', 'unprocessable'] as const),
        ]),
      },
    },
    delete: {
      summary: 'End the connection and leave the place',
      security: bearer,
      responses: { 200: { description: 'Ended' }, ...refusals([...LINK, 'session-unknown']) },
    },
  },
});

type Fields = Readonly<Record<string, object>>;
const name = { ...text, minLength: 1, maxLength: STAGE_NAME_LENGTH } as const;
const word = { ...text, maxLength: TOPIC_LENGTH } as const;
const who = { ...text, description: 'The id of a person in the roster', example: 'ID' } as const;
const hand = { ...text, description: 'The id of a raised hand', example: 'ID' } as const;
/** Every action: what beside its name it takes, and what of that it needs. */
const ACTIONS: Readonly<
  Record<BackstageAction['do'], readonly [fields: Fields, needed?: readonly string[]]>
> = {
  muted: [{ muted: { type: 'boolean' } }, ['muted']],
  rename: [{ name }, ['name']],
  'ask-to-speak': [{}],
  ...{ mute: [{ who }, ['who']], 'ask-unmute': [{ who }, ['who']], remove: [{ who }, ['who']] },
  ...{ 'make-host': [{ who }, ['who']], 'to-listener': [{ who }, ['who']] },
  ...{ 'back-on-stage': [{ who }, ['who']], 'on-air': [{ who }, ['who']], backstage: [{ who }, ['who']] },
  ban: [{ who, reason: word }, ['who']],
  call: [{ hand, check: { type: 'boolean', description: 'Hosts hear them first' } }, ['hand']],
  decline: [{ hand, word }, ['hand']],
  'lower-hand': [{ hand }, ['hand']],
  'lower-all': [{}],
  'ban-hand': [{ hand, reason: word }, ['hand']],
  unban: [{ ban: { ...text, description: 'The id of a ban', example: 'ID' } }, ['ban']],
};
const action = {
  type: 'object',
  anyOf: Object.entries(ACTIONS).map(([what, [fields, needed = []]]) => ({
    ...{ type: 'object', additionalProperties: false },
    properties: { do: { const: what }, ...fields },
    required: ['do', ...needed],
  })),
};

/** The stage: microphones, what speakers hear, and what the studio's page reads and does. The room's cell answers. */
export const stagePaths = (): Record<string, object> => ({
  ...connection('whip', 'Put a microphone on the stage', 'One sending audio track: Opus, 48 kHz', [
    {
      ...{ name: 'takeover', in: 'query', required: false, schema: { enum: ['1'] } },
      description: 'Take the place over from another device with the same link',
    },
  ]),
  ...connection('whep', 'Hear the others on the stage', 'Receiving audio tracks, one for each of them', []),
  '/r/{slug}/backstage': {
    parameters: [slug],
    get: {
      summary: 'What the studio shows, as it changes: a line of JSON each',
      description:
        'kind of a line: you, roster, levels (ten times a second), program, asked; for hosts also hands and access',
      security: bearer,
      responses: {
        200: {
          description: 'Lines until the connection ends',
          content: { 'application/x-ndjson': { schema: text } },
        },
        ...refusals([...LINK, 'not-host', 'stage-full', 'moved-to-listeners', 'hand-over']),
      },
    },
    post: {
      summary: 'Act on the stage: mute, call a hand, move to the listeners, ban',
      description: 'muted, rename and ask-to-speak are about the sender; the others need a host or co-host',
      security: bearer,
      requestBody: describe.body(action),
      responses: {
        204: { description: 'Done' },
        ...refusals([
          ...LINK,
          ...describe.BODY,
          ...([
            'not-host',
            'not-found',
            'session-unknown',
            'wrong-moment',
            'stage-full',
            'hand-over',
          ] as const),
        ]),
      },
    },
  },
});
