import type { z } from 'zod';
import { describe } from '../../api/index.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { POST_FIGURES } from '../../wire/posts/post-figures.ts';
import { MOST_PAGE_POSTS, PAGE_POSTS } from '../feeds/pages-of-posts.ts';
import { notificationPaths } from './described-notifications.ts';
import { DELETION, NEW_COMPLAINT, NEW_POST, NEW_PROFILE, POST_EDIT, PROFILE_CHANGE } from './requests.ts';

const { BODY, REPEAT, body, idempotencyKey, ifMatchHeader, ifNoneMatchHeader, json, page, pageParameters } =
  describe;
const text = { type: 'string' } as const;
const moment = { type: 'string', format: 'date-time' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const object = (required: readonly string[], properties: object): object => ({
  ...{ type: 'object', required, properties },
});
const param = (name: string, description: string): object => ({
  ...{ name, in: 'path', required: true, schema: text, description },
});
const query = (name: string, description: string, required = false, schema: object = text): object => ({
  ...{ name, in: 'query', required, schema, description },
});
const HANDLE = param('handle', 'The name in /@name');
const ID = param('id', 'Of the post');
/** Needs an account: its session, or a token for programs. */
const MEMBER = [{ personal: [] }, { session: [] }];

const ROOM = object(['slug', 'title', 'hosts', 'status', 'url', 'clocks'], {
  ...{ slug: text, title: text, hosts: { type: 'array', items: text }, status: text, url: text },
  clocks: { type: 'object', description: 'The four clocks, as far as they are known' },
});
const AVATAR = { ...text, description: 'Their picture, 400 pixels square; absent: none' } as const;
const PERSON = object(['handle', 'name', 'url'], { handle: text, name: text, url: text, avatar: AVATAR });
const IMAGE = {
  ...{ id: text, width: count, height: count, url: { ...text, description: 'WebP, at most 1,600 pixels' } },
  smaller: { type: 'array', items: object(['width', 'url'], { width: count, url: text }) },
} as const;
const IMAGE_FILE = {
  required: true,
  content: Object.fromEntries(
    ['image/jpeg', 'image/png', 'image/webp'].map((type) => [
      type,
      { schema: { type: 'string', format: 'binary' } },
    ]),
  ),
};
const FACET = object(['from', 'to', 'kind'], {
  from: { ...count, description: 'In UTF-16 code units of the text' },
  ...{ to: count, kind: { enum: ['link', 'mention', 'tag'] }, url: text, handle: text, tag: text },
});
const TOMBSTONE = object(['at', 'by'], {
  ...{ at: moment, by: { enum: ['author', 'moderator'] }, reason: text },
});
const POST = object(['id', 'url', 'created', 'author', 'counts'], {
  ...{ id: text, url: text, created: moment },
  author: { anyOf: [PERSON, { type: 'null' }], description: 'Null when the account was erased' },
  text: { ...text, description: 'Absent from a tombstone' },
  ...{ facets: { type: 'array', items: FACET }, version: { type: 'integer' }, edited: moment },
  images: {
    type: 'array',
    items: object(['id', 'width', 'height', 'url', 'alt'], { ...IMAGE, alt: text }),
    description: 'Absent: none',
  },
  ...{ room: ROOM, clip: object(['id', 'url'], { id: text, url: text }) },
  deleted: { ...TOMBSTONE, description: 'What is left of a deleted post' },
  ...{ replyTo: text, root: text },
  quoted: { type: 'object', description: 'The quoted post as it is now; it may be a tombstone' },
  quotes: { ...text, description: 'The id of a quoted post that is not shown here' },
  reposted: { type: 'object', description: 'The post that this one passes on' },
  counts: object(['replies', 'reposts', 'quotes', 'likes'], {
    ...{ replies: count, reposts: count, quotes: count, likes: count },
  }),
  mine: object(['liked', 'reposted'], { liked: { type: 'boolean' }, reposted: { type: 'boolean' } }),
});
const RELATION = object(
  ['following', 'followsBack', 'muted', 'blocked', 'blockedBy'],
  Object.fromEntries(
    ['following', 'followsBack', 'muted', 'blocked', 'blockedBy'].map((name) => [name, { type: 'boolean' }]),
  ),
);
const PROFILE = object(['handle', 'name', 'url', 'bio', 'links', 'created', 'followers', 'following'], {
  ...{ handle: text, name: text, url: text, bio: text, links: { type: 'array', items: text } },
  ...{ avatar: AVATAR, created: { type: 'string', format: 'date' } },
  lastActive: { type: 'string', format: 'date', description: 'The day of the last visit, and no more' },
  ...{ pinnedPost: text, pinnedRoom: text, followers: count, following: count, relation: RELATION },
  rooms: object(['coming', 'past'], {
    coming: { type: 'array', items: ROOM },
    past: { type: 'array', items: ROOM },
  }),
});
const FIGURE = object(['value', 'unit', 'net', 'gross', 'method', 'definition'], {
  ...{ value: count, unit: { const: 'events' }, net: count, gross: count, method: { const: 'counted' } },
  definition: { ...text, description: 'Where it says what the figure means' },
  entry: { ...count, description: 'Entry of the evidence log in which the post was written down last' },
});
const FIGURES = object(['post', 'at', 'metrics'], {
  ...{ post: text, at: moment },
  metrics: object(
    POST_FIGURES.map(({ id }) => id),
    Object.fromEntries(POST_FIGURES.map(({ id, rule }) => [id, { ...FIGURE, description: rule }])),
  ),
});
const POSTS = page('posts', POST);
const NOTHING = { description: 'Done' };
const PAGE = pageParameters(MOST_PAGE_POSTS, PAGE_POSTS);
const OURS: readonly ErrorCode[] = ['account-needed', 'profile-needed', 'database-away'];
const OPEN: readonly ErrorCode[] = ['database-away'];
const PACED: readonly ErrorCode[] = [...OURS, 'too-often'];

interface Told {
  readonly parameters?: readonly object[];
  readonly schema?: z.ZodType;
  readonly member?: boolean;
}
const operation = (
  summary: string,
  answers: Readonly<Record<number, object>>,
  codes: readonly ErrorCode[],
  { parameters = [], schema, member = false }: Told = {},
): object => ({
  ...{ summary, security: member ? MEMBER : [] },
  ...(parameters.length > 0 ? { parameters } : {}),
  ...(schema ? { requestBody: body(schema) } : {}),
  responses: {
    ...answers,
    ...describe.refusals([...codes, ...(schema ? BODY : [])]),
  },
});
const listed = (summary: string, codes: readonly ErrorCode[], more: readonly object[] = [], member = false) =>
  operation(summary, { 200: json(POSTS, 'A page, each post as it is now') }, [...codes, 'unprocessable'], {
    ...{ parameters: [...more, ...PAGE], member },
  });
const member = { member: true } as const;

const profilePaths = (): Record<string, object> => ({
  '/api/profile': {
    get: operation("One's own profile", { 200: json(PROFILE, 'The profile') }, OURS, member),
    post: operation(
      "Choose one's address: with it a profile begins",
      { 201: json(PROFILE, 'The profile') },
      ['account-needed', 'wrong-moment', 'too-often', 'database-away', ...REPEAT],
      { ...member, schema: NEW_PROFILE, parameters: [idempotencyKey] },
    ),
    patch: operation('Change what one shows', { 200: json(PROFILE, 'The profile') }, [...PACED], {
      ...member,
      schema: PROFILE_CHANGE,
    }),
  },
  '/api/profiles/{handle}': {
    parameters: [HANDLE],
    get: operation(
      'What somebody shows, with the rooms that they host',
      { 200: json(PROFILE, 'The profile; `relation` for somebody who is signed in') },
      ['not-found', ...OPEN],
    ),
  },
  '/api/profiles/{handle}/posts': {
    parameters: [HANDLE],
    get: listed(
      'Posts and reposts of somebody, the newest first',
      ['not-found', ...OPEN],
      [query('replies', '1: answers to others instead', false, { enum: ['0', '1'] })],
    ),
  },
  '/api/profiles/{handle}/reports': {
    parameters: [HANDLE],
    post: operation(
      'Report what somebody shows of themselves to the operator; needs no account',
      { 201: json(object(['number'], { number: text }), 'The number of the report') },
      ['not-found', 'too-often', 'database-away', ...REPEAT],
      { schema: NEW_COMPLAINT, parameters: [idempotencyKey] },
    ),
  },
  ...Object.fromEntries(
    (['followers', 'following'] as const).map((side) => [
      `/api/profiles/{handle}/${side}`,
      {
        parameters: [HANDLE],
        get: operation(
          side === 'followers' ? 'Who follows somebody' : 'Whom somebody follows',
          { 200: json(page('people', PERSON), 'A page, the newest first') },
          ['not-found', 'unprocessable', ...OPEN],
          { parameters: PAGE },
        ),
      },
    ]),
  ),
  ...Object.fromEntries(
    (
      [
        ['follow', 'Follow somebody', 'Follow somebody no longer'],
        ['mute', 'Meet somebody in no list any more', 'Meet them again'],
        [
          'block',
          'Have nothing to do with somebody: neither follows, answers or quotes the other',
          'Lift that',
        ],
      ] as const
    ).map(([kind, on, off]) => [
      `/api/profiles/{handle}/${kind}`,
      {
        parameters: [HANDLE],
        put: operation(on, { 204: NOTHING }, ['not-found', 'unprocessable', 'blocked', ...PACED], member),
        delete: operation(off, { 204: NOTHING }, ['not-found', 'unprocessable', ...PACED], member),
      },
    ]),
  ),
});

const postPaths = (): Record<string, object> => ({
  '/api/posts': {
    post: operation(
      'Write a post, an answer or a quote',
      { 201: describe.tagged(POST, 'The post') },
      ['not-found', 'post-deleted', 'blocked', ...PACED, ...REPEAT],
      { ...member, schema: NEW_POST, parameters: [idempotencyKey] },
    ),
  },
  '/api/posts/{id}': {
    parameters: [ID],
    get: operation(
      'A post, or its tombstone',
      { 200: describe.tagged(POST, 'The post'), 304: { description: 'It is still the same' } },
      ['not-found', ...OPEN],
      { parameters: [ifNoneMatchHeader] },
    ),
    patch: operation(
      'Edit a post; what it said before stays in its history',
      { 200: describe.tagged(POST, 'The post') },
      ['not-found', 'post-deleted', 'not-author', 'blocked', 'etag-mismatch', ...PACED],
      { ...member, schema: POST_EDIT, parameters: [ifMatchHeader] },
    ),
    delete: operation(
      'Delete a post: its content and its history go, a tombstone with the date stays',
      { 200: json(POST, 'The tombstone'), 204: { description: 'A repost goes without one' } },
      ['not-found', 'not-author', ...PACED],
      member,
    ),
  },
  '/api/posts/{id}/tombstone': {
    parameters: [ID],
    put: operation(
      'Delete a post with a reason, or give the tombstone of a deleted one another',
      { 200: json(POST, 'The tombstone'), 204: { description: 'A repost goes without one' } },
      ['not-found', 'not-author', ...PACED],
      { ...member, schema: DELETION },
    ),
  },
  '/api/posts/{id}/figures': {
    parameters: [ID],
    get: operation(
      'How often a post was seen and opened, and how many listens began from it: no audience, and added to none',
      { 200: json(FIGURES, 'Its figures; of a repost those of the post that it passes on') },
      ['not-found', 'tally-away', ...OPEN],
    ),
  },
  '/api/posts/{id}/history': {
    parameters: [ID],
    get: operation(
      'What a post said before its edits, the oldest first',
      {
        200: json(
          object(['versions'], {
            versions: {
              type: 'array',
              items: object(['version', 'text', 'facets', 'at'], {
                ...{
                  version: { type: 'integer' },
                  text,
                  facets: { type: 'array', items: FACET },
                  images: { type: 'array', items: object(['id', 'alt'], { ...IMAGE, alt: text }) },
                  at: moment,
                },
              }),
            },
          }),
          'Its versions; none when it was never edited',
        ),
      },
      ['not-found', 'post-deleted', ...OPEN],
    ),
  },
  '/api/posts/{id}/replies': {
    parameters: [ID],
    get: listed('Answers to a post, the oldest first', ['not-found', ...OPEN]),
  },
  '/api/posts/{id}/quotes': {
    parameters: [ID],
    get: listed('Posts that quote a post, the newest first', ['not-found', ...OPEN]),
  },
  ...Object.fromEntries(
    (
      [
        ['like', 'Like a post', 'Like it no longer'],
        ['repost', 'Pass a post on to those who follow one', 'Take that back'],
      ] as const
    ).map(([kind, on, off]) => [
      `/api/posts/{id}/${kind}`,
      {
        parameters: [ID],
        put: operation(on, { 204: NOTHING }, ['not-found', 'post-deleted', 'blocked', ...PACED], member),
        delete: operation(off, { 204: NOTHING }, ['not-found', ...PACED], member),
      },
    ]),
  ),
  '/api/posts/{id}/reports': {
    parameters: [ID],
    post: operation(
      'Report a post, or the reason on its tombstone, to the operator; needs no account',
      { 201: json(object(['number'], { number: text }), 'The number of the report') },
      ['not-found', 'post-deleted', 'too-often', 'database-away', ...REPEAT],
      { schema: NEW_COMPLAINT, parameters: [idempotencyKey] },
    ),
  },
});

const feedPaths = (): Record<string, object> => ({
  '/api/feeds/home': {
    get: {
      ...listed('Posts of those whom one follows, the newest first', OURS, [], true),
      description: '`mark` is the newest post of the visit before: all above it is new.',
    },
  },
  '/api/feeds/local': { get: listed('Posts of everybody on this server, the newest first', OPEN) },
  '/api/feeds/tag': {
    get: listed('Posts with a hashtag, the newest first', OPEN, [query('tag', 'Without its #', true)]),
  },
  '/api/search': {
    get: operation(
      'Search posts (the newest first), people or rooms; the last word may be the beginning of one',
      { 200: json({ type: 'object' }, '`posts` with `next`, `people`, or `rooms`') },
      ['unprocessable', 'too-often', ...OPEN],
      {
        parameters: [
          query('q', 'Words; accents and capitals do not matter', true),
          query('kind', 'What to search', false, { enum: ['posts', 'people', 'rooms'], default: 'posts' }),
          ...PAGE,
        ],
      },
    ),
  },
});

const UPLOADED: readonly ErrorCode[] = [
  ...PACED,
  ...(['bad-request', 'too-large', 'too-slow', 'unsupported-media-type', 'unprocessable'] as const),
  ...(['crowded', 'images-full'] as const),
];
const imagePaths = (): Record<string, object> => ({
  '/api/images': {
    post: {
      ...operation(
        'Upload an image for a post; the file is the body',
        { 201: json(object(['id', 'width', 'height', 'url'], IMAGE), 'The image, made anew') },
        UPLOADED,
        member,
      ),
      description:
        'JPEG, PNG or WebP of at most 8 MB and 25 megapixels. It is made anew as WebP without anything but its pixels. Put its id into a post within 24 hours. The same file sent again is the same image, so that a request may be sent again without an Idempotency-Key.',
      requestBody: IMAGE_FILE,
    },
  },
  '/api/profile/avatar': {
    put: {
      ...operation(
        'Show another picture of oneself; the file is the body',
        { 200: json(PROFILE, 'The profile') },
        UPLOADED,
        member,
      ),
      requestBody: IMAGE_FILE,
    },
    delete: operation('Show none any more', { 200: json(PROFILE, 'The profile') }, PACED, member),
  },
});

/** The routes of this part, for the description of the API. */
export const socialPaths = (): Record<string, object> => ({
  ...profilePaths(),
  ...postPaths(),
  ...imagePaths(),
  ...feedPaths(),
  ...notificationPaths({ object, operation, post: POST, room: ROOM, person: PERSON, page: PAGE }),
});
