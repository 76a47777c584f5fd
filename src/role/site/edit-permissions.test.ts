/** Who may do what to recordings, clips and notes: every route, role, access and state, on the parts as the site joins them. */
import { describe, expect, test } from 'vitest';
import { KEY, PHASES, ROLES, roomIn, SLUG, tokenOf } from '../../../test/room-states.ts';
import { roomsRig } from '../../../test/rooms.ts';
import { silentLog } from '../../base/log.ts';
import { open as openReplays, replayPaths } from '../../replay/index.ts';
import { NO_EDITS, type RecordingEdits } from '../../wire/replay/edits.ts';

const rig = roomsRig();
type Role = (typeof ROLES)[number];

const HOST: readonly Role[] = ['operator', 'host'];
const HOSTS: readonly Role[] = [...HOST, 'co-host'];
const MEMBERS: readonly Role[] = [...HOSTS, 'speaker'];
const ROWS: readonly (readonly [string, readonly Role[], object?])[] = [
  ['GET replay', MEMBERS],
  ['PATCH replay', HOST, { keepDays: 3 }],
  ['GET clips', MEMBERS],
  ['POST clips', MEMBERS, { title: 'A clip', last: 30 }],
  ['PATCH clips/abcd2345', MEMBERS, { title: 'Mended' }],
  ['DELETE clips/abcd2345', MEMBERS],
  ['POST chapters', HOSTS, { title: 'A chapter' }],
  ['PATCH chapters/abcd2345', HOSTS, { title: 'Mended' }],
  ['DELETE chapters/abcd2345', HOSTS],
  ['POST trims', HOST, { from: 1, to: 2, note: 'A reason' }],
  ['DELETE trims/abcd2345', HOST],
  ['GET original.mp4', HOST],
];
/** What says that somebody may not; all else is no matter of permission. */
const REFUSALS = new Set(['token-missing', 'token-invalid', 'not-host', 'operator-only', 'room-unknown']);

function replays() {
  let edits: RecordingEdits = NO_EDITS;
  return openReplays({
    ...{ clock: rig.clock, log: silentLog },
    edits: {
      of: async () => edits,
      async change(_, change) {
        edits = await change(edits);
        return edits;
      },
    },
    memberOf: rig.rooms.memberOf,
    cardOf: async (slug) => rig.rooms.card(slug) ?? rig.rooms.over(slug),
    original: async () => undefined,
    mark: async () => ({ rendition: 'aac96', sha256: 'a'.repeat(64), bytes: 8 }),
    witness: async () => true,
  });
}

describe.each(['public', 'unlisted', 'private'] as const)('in a %s room', (access) => {
  test.each(PHASES)('that is %s, recordings are changed by whom the table says', async (phase) => {
    await rig.restart({ operatorKey: KEY });
    const closed = access === 'private' || phase === 'draft';
    const host = await roomIn(rig, phase, access);
    const part = replays();
    const differences: string[] = [];
    for (const role of ROLES) {
      // A guest's pass is for rooms that are closed; nobody is invited to a cancelled one.
      if (role === 'listener' && phase === 'cancelled' && closed) continue;
      const token = role === 'listener' && !closed ? undefined : await tokenOf(rig, role, host);
      for (const [row, roles, body] of ROWS) {
        const [method = '', path = ''] = row.split(' ');
        rig.clock.advance(60_000);
        const answer = await part.fetch(
          new Request(`http://door.internal/api/rooms/${SLUG}/${path}`, {
            method,
            headers: {
              'content-type': 'application/json',
              ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            },
            ...(body ? { body: JSON.stringify(body) } : {}),
          }),
        );
        const { code = '' } = answer.ok ? {} : ((await answer.json()) as { code?: string });
        const got = REFUSALS.has(code) ? code : undefined;
        const outside = closed && role === 'stranger' ? 'room-unknown' : undefined;
        const nobody = role === 'stranger' || role === 'listener';
        const shows = nobody && !closed ? 'token-missing' : 'not-host';
        const want = roles.includes(role) ? undefined : (outside ?? shows);
        if (got !== want) differences.push(`${row} by ${role}: ${got ?? 'done'}, not ${want ?? 'done'}`);
      }
    }
    expect(differences).toEqual([]);
  });
});

test('every route of recordings has a row', () => {
  const described = Object.entries(replayPaths()).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => /^(get|post|put|patch|delete)$/.test(method))
      .map(
        (method) =>
          `${method.toUpperCase()} ${path.replace('/api/rooms/{slug}/', '').replace('{id}', 'abcd2345')}`,
      ),
  );
  expect(described.filter((one) => one.includes(' ') && !ROWS.some(([row]) => row === one))).toEqual([]);
});
