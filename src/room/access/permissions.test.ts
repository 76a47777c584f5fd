import { describe, expect, test } from 'vitest';
import { KEY, PHASES, ROLES, roomIn, SLUG, tokenOf } from '../../../test/room-states.ts';
import { type Answer, roomsRig } from '../../../test/rooms.ts';
import { forbidden, PERMISSIONS, type RoomAct, type RoomPhase, type RoomRole } from './permissions.ts';

const rig = roomsRig();
const ACTS = Object.keys(PERMISSIONS) as RoomAct[];

/** What each route is sent, when it is sent anything. */
const BODY: Partial<Record<RoomAct, object>> = {
  edit: { title: 'Renamed' },
  settings: { access: 'unlisted' },
  'invite-speaker': { role: 'speaker' },
  'invite-co-host': { role: 'co-host' },
  'invite-guest': { role: 'guest' },
  'invite-host': { role: 'host' },
  stop: { reason: 'A test' },
  continue: { by: 'next' },
};
/** What says no by itself, whoever asks: answers of the routes behind the table. */
const ELSEWHERE: ReadonlySet<RoomAct> = new Set(['write-note']);

/** The code of a refusal that the table knows; undefined for anything else. */
const KNOWN = new Set([
  ...['token-missing', 'not-host', 'operator-only', 'room-unknown'],
  ...['wrong-moment', 'room-ended', 'room-stopped'],
]);
function said(act: RoomAct, { status, body }: Answer): string | undefined {
  if (status < 400) return undefined;
  const code = String(body.code);
  // A room that is not kept apart cannot be released: that is no matter of permission.
  if (act === 'release' && code === 'wrong-moment') return undefined;
  // Neither is the agreement of the other room's host, which only the operator does not need.
  if (act === 'continue' && /host both rooms|private room is continued/.test(String(body.detail)))
    return undefined;
  return KNOWN.has(code) ? code : undefined;
}

/** What the table says, and that a private room does not exist for strangers. */
function expected(act: RoomAct, role: RoomRole, phase: RoomPhase, closed: boolean): string | undefined {
  if (closed && role === 'stranger') return 'room-unknown';
  // Whoever shows nothing is a listener of a public room, and is asked for a link where one is needed.
  const why = forbidden(act, role, phase)?.refused;
  if (!closed && role === 'listener' && why === 'not-host') return 'token-missing';
  return why;
}

describe.each(['public', 'unlisted', 'private'] as const)('in a %s room', (access) => {
  test.each(PHASES)(
    'that is %s, every route does what the table says for every role',
    async (phase) => {
      const differences: string[] = [];
      let cells = 0;
      const closed = access === 'private' || phase === 'draft';
      let host: string | undefined;
      for (const act of ACTS) {
        if (ELSEWHERE.has(act)) continue;
        for (const role of ROLES) {
          // A guest's pass is for rooms that are closed; nobody is invited to a cancelled one.
          if (role === 'listener' && phase === 'cancelled' && closed) continue;
          rig.clock.advance(60_000);
          // What was refused has changed nothing.
          if (host === undefined) {
            await rig.forget('next');
            await rig.forget(SLUG, { operatorKey: KEY });
            await rig.create({ title: 'Next', slug: 'next' });
            host = await roomIn(rig, phase, access);
          }
          const token = role === 'listener' && !closed ? undefined : await tokenOf(rig, role, host);
          const [method = '', pattern = ''] = PERMISSIONS[act].route.split(' ');
          const path = pattern.replace(':slug', SLUG).replace(':id', 'somebody');
          const answer = await rig.ask(method, path, BODY[act], token);
          if (answer.status < 400 && method !== 'GET') host = undefined;
          const got = said(act, answer);
          const want = expected(act, role, phase, closed);
          cells += 1;
          if (got !== want) differences.push(`${act} by ${role}: ${got ?? 'done'}, not ${want ?? 'done'}`);
        }
      }
      expect(differences).toEqual([]);
      expect(cells).toBeGreaterThan(100);
    },
    120_000,
  );
});

test('no route of rooms is without a row', async () => {
  const described = (await rig.ask('GET', '/openapi.json')).body.paths as Record<
    string,
    Record<string, unknown>
  >;
  const rows = new Set(Object.values(PERMISSIONS).map(({ route }) => route.replaceAll(/:(\w+)/g, '{$1}')));
  const missing = Object.entries(described)
    .filter(([path]) => path.startsWith('/api/rooms/{slug}'))
    .flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => /^(get|post|put|patch|delete)$/.test(method))
        .map((method) => `${method.toUpperCase()} ${path}`),
    )
    .filter((route) => !rows.has(route));
  // Anybody may read the notes of a room; its music comes in two forms; what accounts ask for themselves has its tests.
  expect(missing).toEqual([
    ...['GET /api/rooms/{slug}/music.wav', 'GET /api/rooms/{slug}/notes'],
    ...['POST /api/rooms/{slug}/adopt', 'POST /api/rooms/{slug}/own-link'],
  ]);
});
