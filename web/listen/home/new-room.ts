import type { ToldRefusal } from '../../../src/wire/refusal-facts.ts';
import type { RoomAccess } from '../../../src/wire/room.ts';
import { authorization } from '../../kit/operator-key.ts';

/** What `POST /api/rooms` answers; `studio` is the host's personal link. */
export interface Created {
  readonly slug: string;
  readonly url: string;
  readonly studio: string;
}

/** A room as the form asks for it; `start` in wall-clock ms, absent for now. */
export interface RoomWish {
  readonly title: string;
  readonly host: string;
  readonly start: number | undefined;
  /** In which it is announced, by its IANA name. */
  readonly zone: string;
  readonly access: RoomAccess;
  /** Of a private room; empty: it has none. */
  readonly password: string;
  /** True for a room that only its hosts see until they announce it. */
  readonly draft: boolean;
}

/** Why there is no room: the field or the words that the server refuses, who may not start one, or too many of them. */
export type NoRoom =
  | { readonly why: 'start' | 'title' | 'host' | 'password' | 'not-allowed' | 'too-many' | 'away' | 'other' }
  | { readonly why: 'rule'; readonly rule: string };

/** What the API is asked for; a password that was typed before somebody chose another access is left out. */
export const bodyOf = ({ title, host, start, zone, access, password, draft }: RoomWish): object => ({
  title,
  ...(host === '' ? {} : { host }),
  ...(start === undefined ? {} : { start: new Date(start).toISOString() }),
  zone,
  ...(access === 'public' ? {} : { access }),
  ...(access === 'private' && password !== '' ? { password } : {}),
  ...(draft ? { draft } : {}),
});

/** Creates a room. @throws TypeError when the server cannot be reached; SyntaxError when its answer is not JSON. */
export async function createRoom(wish: RoomWish): Promise<Created | NoRoom> {
  const response = await fetch('/api/rooms', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...authorization() },
    body: JSON.stringify(bodyOf(wish)),
  });
  const answer = (await response.json()) as Created & Partial<ToldRefusal> & { readonly detail?: string };
  if (response.ok) return answer;
  if (answer.code === 'token-missing' || answer.code === 'operator-only') return { why: 'not-allowed' };
  if (answer.code === 'too-many-rooms') return { why: 'too-many' };
  if (answer.rule !== undefined) return { why: 'rule', rule: answer.rule };
  for (const name of ['start', 'title', 'host', 'password'] as const)
    if (new RegExp(`^${name}\\b`).test(answer.detail ?? '')) return { why: name };
  return { why: response.status >= 500 ? 'away' : 'other' };
}
