/** Who may do what with hands and on stage: every act and route, role and state of a room. */
import { expect, test } from 'vitest';
import { ask, reopen, room, sign, useTheatre } from '../../../test/theatre.ts';
import type { Slug } from '../../base/ids.ts';

useTheatre();

const ROLES = ['host', 'co-host', 'speaker', 'guest', 'operator', 'stranger'] as const;
type Role = (typeof ROLES)[number];
const STATES = [
  'running',
  'without hands',
  'not running',
  'with the link of another room',
  'removed',
  'banned',
] as const;
type State = (typeof STATES)[number];

const HOSTS: readonly Role[] = ['host', 'co-host'];
const MEMBERS: readonly Role[] = [...HOSTS, 'speaker'];
const ON_A_PERSON = [
  ...['mute', 'ask-unmute', 'remove', 'make-host', 'to-listener', 'back-on-stage', 'on-air', 'backstage'],
  'ban',
];
const ON_A_HAND = ['call', 'decline', 'lower-hand', 'ban-hand'];
/** What a page does with a link: the act, and who may. */
const ACTS: readonly (readonly [object, readonly Role[]])[] = [
  ...[{ do: 'muted', muted: true }, { do: 'rename', name: 'Other' }, { do: 'ask-to-speak' }].map(
    (act) => [act, MEMBERS] as const,
  ),
  ...ON_A_PERSON.map((act) => [{ do: act, who: 'somebody' }, HOSTS] as const),
  ...ON_A_HAND.map((act) => [{ do: act, hand: 'a-hand' }, HOSTS] as const),
  [{ do: 'lower-all' }, HOSTS],
  [{ do: 'unban', ban: 'a-ban' }, HOSTS],
];
/** What listeners do without a link; of a hand that is not theirs they learn nothing. */
const HANDS: readonly (readonly [string, object])[] = [
  ['/hand', { name: 'Zoe', topic: 'Why?', device: 'device-key-00000001' }],
  ...['take', 'here', 'lower'].map((what) => [`/hand/a-hand/${what}`, { secret: 'a-secret' }] as const),
];
const REFUSALS = new Set([
  ...['token-missing', 'token-invalid', 'token-other-room', 'not-host', 'room-not-open'],
  ...['removed', 'banned', 'hands-closed'],
]);

/** What each shows: a guest's pass and the operator's key are no links of the stage. */
const shown = async (role: Role, at?: Slug): Promise<string | undefined> => {
  if (role === 'stranger') return undefined;
  if (role === 'operator') return 'the-key-of-the-operator';
  if (role === 'guest') return `g.${'x'.repeat(40)}.${'y'.repeat(43)}`;
  return at ? sign(role, role, at) : sign(role, role);
};
const codeOf = async (answer: Response): Promise<string | undefined> => {
  const { code = '' } = answer.status < 400 ? {} : ((await answer.json()) as { code?: string });
  return REFUSALS.has(code) ? code : undefined;
};
const post = (path: string, token: string | undefined, body: object): Promise<Response> =>
  ask('POST', `/r/theatre${path}`, token, JSON.stringify(body), {
    ...{ 'content-type': 'application/json', 'x-forwarded-for': '10.1.1.1' },
  });

function refusalOf(roles: readonly Role[], role: Role, state: State): string | undefined {
  if (role === 'stranger') return 'token-missing';
  if (!MEMBERS.includes(role)) return 'token-invalid';
  if (state === 'with the link of another room') return 'token-other-room';
  if (state === 'not running') return 'room-not-open';
  if (state === 'removed' || state === 'banned') return state;
  return roles.includes(role) ? undefined : 'not-host';
}

test.each(STATES)('in a room that is %s, the table holds', async (state) => {
  const at = state === 'with the link of another room' ? ('another' as Slug) : undefined;
  const differences: string[] = [];
  const compare = (what: string, role: Role, got: string | undefined, want: string | undefined): void => {
    if (got !== want) differences.push(`${what} by ${role}: ${got ?? 'done'}, not ${want ?? 'done'}`);
  };
  for (const role of ROLES) {
    await reopen();
    room.raised.ruled(state === 'without hands' ? { invitedOnly: true } : {}, true);
    if (state === 'removed') room.revoke({ generation: 0, barred: [role] });
    if (state === 'banned')
      room.revoke({
        ...{ generation: 0, barred: [] },
        bans: [{ id: 'a-ban-of-this', speaker: role, name: role, by: 'Ana', at: 1 }],
      });
    if (state === 'not running') await room[Symbol.asyncDispose]();
    const token = await shown(role, at);
    const read = await ask('GET', '/r/theatre/backstage', token);
    compare('GET backstage', role, await codeOf(read), refusalOf(MEMBERS, role, state));
    await read.body?.cancel().catch(() => undefined);
    for (const [act, roles] of ACTS)
      compare(
        JSON.stringify(act),
        role,
        await codeOf(await post('/backstage', token, act)),
        refusalOf(roles, role, state),
      );
    for (const [path, body] of HANDS) {
      const closed = state === 'without hands' && path === '/hand' ? 'hands-closed' : undefined;
      const want = state === 'not running' ? 'room-not-open' : closed;
      // A hand needs no link, and none helps.
      compare(path, role, await codeOf(await post(path, token, body)), want);
    }
  }
  expect(differences).toEqual([]);
});
