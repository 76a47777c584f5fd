/** Who may do what with questions and pins: every route, role and state of a room, with links as they are signed. */
import { expect, test } from 'vitest';
import { manualClock } from '../../test/clock.ts';
import { KEY, ROLES, SLUG } from '../../test/room-states.ts';
import type { Slug, SpeakerId } from '../base/ids.ts';
import { silentLog } from '../base/log.ts';
import { openTokens } from '../keys/token.ts';
import { open } from './index.ts';

const tokens = openTokens(new Uint8Array(32).fill(5));
type Role = (typeof ROLES)[number];
const HOSTS: readonly Role[] = ['host', 'co-host'];
const ROWS: readonly (readonly [string, readonly Role[], object?])[] = [
  ['GET questions', ROLES],
  ['POST questions', ROLES, { text: 'When?' }],
  ['POST questions/abcd2345/vote', ROLES, {}],
  ['GET interaction', HOSTS],
  ['POST interaction', HOSTS, { act: 'unpin' }],
];
/** What each shows: a guest's pass and the operator's key are no links of the stage. */
const shown = async (role: Role, slug = SLUG): Promise<string | undefined> =>
  role === 'stranger'
    ? undefined
    : role === 'operator'
      ? KEY
      : role === 'listener'
        ? `g.${'x'.repeat(40)}.${'y'.repeat(43)}`
        : tokens.sign({ slug: slug as Slug, role, speaker: role as SpeakerId, name: role }, 3_600);
const REFUSALS = new Set([
  ...['token-missing', 'token-invalid', 'token-other-room', 'not-host', 'removed', 'banned'],
  ...['room-not-open', 'questions-closed'],
]);
type State = 'running' | 'without questions' | 'not running' | 'with the link of another room' | 'removed';

function expected(row: string, roles: readonly Role[], role: Role, state: State): string | undefined {
  const hosts = roles !== ROLES;
  const link = role !== 'stranger' && role !== 'operator' && role !== 'listener';
  if (hosts && role === 'stranger') return 'token-missing';
  if (hosts && !link) return 'token-invalid';
  if (hosts && state === 'with the link of another room') return 'token-other-room';
  if (state === 'not running') return 'room-not-open';
  if (hosts && state === 'removed') return 'removed';
  if (!roles.includes(role)) return 'not-host';
  // What stands in the list is voted for all the same.
  return state === 'without questions' && row === 'POST questions' ? 'questions-closed' : undefined;
}

test.each([
  ...(['running', 'without questions', 'not running', 'with the link of another room', 'removed'] as const),
])('in a room that is %s, the table holds', async (state) => {
  const clock = manualClock();
  const part = open({ clock, log: silentLog, tokens });
  if (state !== 'not running') {
    const room = part.openRoom(SLUG, {
      ...{ wall: () => clock.wall(), mark: () => {}, changed: () => {}, publish: () => {} },
      barred: () => (state === 'removed' ? { refused: 'removed' } : undefined),
      isHost: ({ role }) => role === 'host' || role === 'co-host',
      banned: () => undefined,
    });
    room.ruled(state === 'without questions' ? { rules: { questions: false } } : {});
  }
  const differences: string[] = [];
  for (const [row, roles, body] of ROWS)
    for (const role of ROLES) {
      const [method = '', path = ''] = row.split(' ');
      const token = await shown(role, state === 'with the link of another room' ? 'other' : SLUG);
      clock.advance(60_000);
      const answer = await part.fetch(
        new Request(`http://x/r/${SLUG}/${path}`, {
          method,
          headers: {
            ...{ 'content-type': 'application/json', 'x-forwarded-for': '192.0.2.1' },
            ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          },
          ...(body ? { body: JSON.stringify(body) } : {}),
        }),
      );
      const { code = '' } = answer.status < 400 ? {} : ((await answer.json()) as { code?: string });
      const got = REFUSALS.has(code) ? code : undefined;
      const want = expected(row, roles, role, state);
      if (got !== want) differences.push(`${row} by ${role}: ${code || 'done'}, not ${want ?? 'done'}`);
    }
  expect(differences).toEqual([]);
});
