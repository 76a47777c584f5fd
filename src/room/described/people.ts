import { describe } from '../../api/index.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { HOST, idParameter, instant, object, sent, slugParameter, text } from './basics.ts';

const { ref, json, body, refusals, BODY, bearer } = describe;

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
