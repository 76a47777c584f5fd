import type { z } from 'zod';
import { describe } from '../../api/index.ts';
import type { ErrorCode } from '../../base/errors.ts';
import { INVITED_AS, NOTIFICATION_KINDS, ROOM_EVENTS } from '../notifications/notification.ts';
import { SEEN, SETTINGS_CHANGE } from './requests.ts';

/** What the descriptions of this part have in common. */
interface Described {
  object(required: readonly string[], properties: object): object;
  operation(
    summary: string,
    answers: Readonly<Record<number, object>>,
    codes: readonly ErrorCode[],
    told?: {
      readonly parameters?: readonly object[];
      readonly schema?: z.ZodType;
      readonly member?: boolean;
    },
  ): object;
  readonly post: object;
  readonly room: object;
  readonly person: object;
  /** The parameters of a page. */
  readonly page: readonly object[];
}

const { json, page: pageSchema } = describe;
const OURS: readonly ErrorCode[] = ['account-needed', 'profile-needed', 'database-away'];

/** Notifications and settings, for the description of the API. */
export function notificationPaths({ object, operation, post, room, person, page }: Described) {
  const people = { type: 'array', items: person };
  const one = object(['kind', 'at', 'isNew', 'count', 'people'], {
    kind: { enum: NOTIFICATION_KINDS },
    at: { type: 'string', format: 'date-time', description: 'Of the newest behind it' },
    isNew: { type: 'boolean', description: 'It came after the last look' },
    count: {
      type: 'integer',
      minimum: 1,
      description: 'People behind it, posts of one person that day, or reports',
    },
    people: { ...people, description: 'The newest of them, three at most' },
    ...{ post, room, what: { enum: ROOM_EVENTS } },
    invitation: object(['slug', 'title', 'inviter', 'role', 'url'], {
      ...{ slug: { type: 'string' }, title: { type: 'string' }, url: { type: 'string' } },
      inviter: { type: 'string', description: 'The name of the host; empty: not known any more' },
      role: { enum: INVITED_AS },
    }),
  });
  const list = pageSchema('notifications', one) as { properties: object };
  const settings = object(['off', 'people', 'mail', 'language', 'muted', 'blocked'], {
    off: { type: 'array', items: { enum: NOTIFICATION_KINDS }, description: 'Kinds that are left out' },
    people: { enum: ['all', 'followed'], description: 'Whose mentions, answers and quotes are told' },
    mail: { type: 'boolean', description: 'A mail about what is new, at most one a day' },
    language: { enum: ['en', 'fr', null], description: 'Null: that of the browser' },
    ...{ muted: people, blocked: people },
  });
  const member = { member: true } as const;
  return {
    '/api/notifications': {
      get: operation(
        'What others did with one’s posts, rooms of those one follows, invitations, and for operators reports; the newest first',
        {
          200: json(
            {
              ...list,
              properties: {
                ...list.properties,
                unseen: { type: 'integer', minimum: 0, maximum: 100, description: '100: 100 or more' },
              },
            },
            'A page; reading it marks nothing as seen',
          ),
        },
        [...OURS, 'unprocessable'],
        { ...member, parameters: page },
      ),
    },
    '/api/notifications/seen': {
      put: operation(
        'Mark notifications as seen',
        { 204: { description: 'Done' } },
        [...OURS, 'too-often', 'unprocessable'],
        { ...member, schema: SEEN },
      ),
    },
    '/api/settings': {
      get: operation(
        'What one is told, and whom one keeps away',
        { 200: json(settings, 'The settings') },
        OURS,
        member,
      ),
      patch: operation(
        'Change what one is told',
        { 200: json(settings, 'The settings') },
        [...OURS, 'too-often', 'unprocessable'],
        { ...member, schema: SETTINGS_CHANGE },
      ),
    },
  };
}
