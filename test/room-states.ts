import { expect } from 'vitest';
import type { Slug, SpeakerId } from '../src/base/ids.ts';
import type { RoomAccess, RoomStatus } from '../src/wire/room.ts';
import { HOUR, type roomsRig, tokens } from './rooms.ts';

/** Who asks, and in which state a room is: the columns of the tables of permissions. */
export const ROLES = ['operator', 'host', 'co-host', 'speaker', 'listener', 'stranger'] as const;
/** All of them. */
export const PHASES = [
  ...['draft', 'scheduled', 'open', 'live', 'ended', 'cancelled', 'stopped'],
] as readonly (RoomStatus | 'draft')[];
/** The operator's key, and the address of the room. */
export const KEY = 'the key of the operator';
export const SLUG = 'hall';

type Rig = ReturnType<typeof roomsRig>;

/** Makes a room in this state; the token of its host. */
export async function roomIn(rig: Rig, phase: RoomStatus | 'draft', access: RoomAccess): Promise<string> {
  const announced = phase === 'draft' || phase === 'scheduled' || phase === 'cancelled';
  const { token } = await rig.create({
    ...{ title: 'Hall', host: 'Ana', slug: SLUG, access },
    ...(announced ? { start: new Date(rig.clock.wall() + 2 * HOUR).toISOString() } : {}),
    ...(phase === 'draft' ? { draft: true } : {}),
  });
  const act = async (what: string, body?: object, by = token): Promise<void> => {
    const answer = await rig.ask('POST', `/api/rooms/${SLUG}/${what}`, body, by);
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  };
  if (phase === 'live' || phase === 'ended' || phase === 'stopped') await act('live');
  if (phase === 'ended') await act('end');
  if (phase === 'cancelled') await act('cancel');
  if (phase === 'stopped') await act('stop', { reason: 'A test' }, KEY);
  return token;
}

/** What somebody in this role shows in that room; undefined: nothing. */
export async function tokenOf(
  rig: Rig,
  role: (typeof ROLES)[number],
  host: string,
): Promise<string | undefined> {
  if (role === 'stranger') return undefined;
  if (role === 'operator') return KEY;
  if (role === 'host') return host;
  if (role === 'listener') {
    const link = await rig.ask('POST', `/api/rooms/${SLUG}/invites`, { role: 'guest' }, KEY);
    return link.status === 201 ? String(link.body.pass) : undefined;
  }
  return tokens.sign({ slug: SLUG as Slug, role, speaker: role as SpeakerId, name: role });
}
