import { type ReadonlySignal, signal } from '@preact/signals';
import type { RoomAccess, RoomPlans } from '../../../src/wire/room.ts';
import { isRefusal, post, type Refusal, refusalOf } from '../../capture/index.ts';

const ANSWER_MS = 10_000;

/** What is set for a room now, as the server said last. */
export interface RoomSettingsView {
  readonly access: RoomAccess;
  /** True for a room that is not announced yet. */
  readonly draft?: true;
  /** Whether whoever knows a password is let in; private rooms only. */
  readonly password?: boolean;
  /** What the room is about; empty: nothing is said. */
  readonly about: string;
  /** Why it begins late; empty: nothing is said. */
  readonly late: string;
}

/** What a host wants to change; what is absent stays as it is. */
export interface SettingsWish {
  readonly access?: RoomAccess;
  /** `null`: there is none any more. */
  readonly password?: string | null;
  readonly late?: string;
  readonly about?: string;
  readonly title?: string;
  /** Wall-clock ms. */
  readonly start?: number;
  /** By its IANA name. */
  readonly zone?: string;
}

/**
 * What a host sets for their room. An edit holds only while what it changes is as it was shown: nobody's is lost by
 * another's. What else has changed meanwhile, as by the room's opening, is no reason to refuse it.
 */
export interface RoomSettings {
  readonly seen: ReadonlySignal<RoomSettingsView | undefined>;
  /** Reads what is set now. */
  look(): Promise<void>;
  /** `changed`: somebody else has changed the same; it was not saved, and `seen` is what is set now. */
  save(wish: SettingsWish): Promise<'saved' | 'changed' | Refusal>;
  /** Announces the draft; one without a start opens. */
  announce(): Promise<Refusal | undefined>;
  /** The link that lets listeners into the private room. */
  invitation(): Promise<string | Refusal>;
  /** Another room continues this one, whose studio link this is. */
  continueIn(link: string): Promise<Refusal | 'no-link' | undefined>;
  /** Withdraws every key, and every link for listeners, given so far. */
  renewKeys(): Promise<Refusal | undefined>;
}

interface Shown {
  readonly about?: string;
  readonly title?: string;
  readonly clocks?: { readonly scheduled?: unknown };
  readonly access?: RoomAccess;
  readonly zone?: string;
  readonly plans?: RoomPlans;
}

/** What a host can edit here, by the names that a wish has. */
const editable = ({ title, clocks, zone, access = 'public', about = '', plans }: Shown = {}) =>
  ({ title, start: clocks?.scheduled, zone, access, about, late: plans?.late?.reason ?? '' }) as const;

/** What only hosts are told. */
interface Hidden {
  readonly access?: RoomAccess;
  readonly draft?: boolean;
  readonly password?: boolean;
}

/** What only the hosts of a room are told that is closed to others, as drafts are whoever may come later. */
async function hiddenOf(
  ask: typeof fetch,
  room: string,
  headers: Readonly<Record<string, string>>,
): Promise<Hidden> {
  const answer = await ask(`${room}/settings`, {
    ...{ cache: 'no-store', headers, signal: AbortSignal.timeout(ANSWER_MS) },
  });
  return answer.ok ? ((await answer.json()) as Hidden) : {};
}

function viewOfSettings(shown: Shown, { draft, password }: Hidden): RoomSettingsView {
  const { access, late, about } = editable(shown);
  return {
    ...{ access, about, late },
    ...(draft ? { draft: true } : {}),
    ...(access === 'private' ? { password: password === true } : {}),
  };
}

/** Opens the settings of a room, for the holder of a host's link. */
export function openRoomSettings({
  slug,
  token,
  fetch: ask = fetch,
}: {
  readonly slug: string;
  token(): string;
  readonly fetch?: typeof fetch;
}): RoomSettings {
  const room = `/api/rooms/${slug}`;
  const seen = signal<RoomSettingsView | undefined>(undefined);
  let etag: string | undefined;
  let shown: Shown | undefined;

  const headers = (): Record<string, string> => ({ authorization: `Bearer ${token()}` });
  async function send(method: 'GET' | 'PATCH', url: string, body?: object): Promise<Refusal | undefined> {
    try {
      const response = await ask(url, {
        method,
        signal: AbortSignal.timeout(ANSWER_MS),
        cache: 'no-store',
        headers: {
          ...headers(),
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...(body && etag !== undefined ? { 'if-match': etag } : {}),
        },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      if (!response.ok) return await refusalOf(response);
      etag = response.headers.get('etag') ?? undefined;
      shown = (await response.json()) as Shown;
      const told = shown.access === 'private' ? await hiddenOf(ask, room, headers()) : {};
      if (told.access) shown = { ...shown, access: told.access };
      seen.value = viewOfSettings(shown, told);
      return undefined;
    } catch (error) {
      return { refused: true, status: 0, code: 'network', detail: String(error), retryAfter: 0 as never };
    }
  }

  /**
   * Sends an edit of these fields; once more when something else has changed since the room was read. Nobody is told a
   * password, so it may be what has changed.
   */
  async function edit(
    fields: readonly (keyof ReturnType<typeof editable> | 'password')[],
    url: string,
    body: object,
  ): Promise<Refusal | undefined> {
    const before = shown && editable(shown);
    const refused = await send('PATCH', url, body);
    if (refused?.code !== 'etag-mismatch' || (await send('GET', room))) return refused;
    const after = editable(shown);
    return before && fields.every((field) => field !== 'password' && before[field] === after[field])
      ? send('PATCH', url, body)
      : refused;
  }

  return {
    seen,
    async look() {
      await send('GET', room);
    },
    async save({ late, about, access, password, title, start, zone }) {
      const reason = late?.trim();
      const announced = {
        ...(title === undefined ? {} : { title: title.trim() }),
        ...(start === undefined ? {} : { start: new Date(start).toISOString() }),
        ...(zone === undefined ? {} : { zone }),
        ...(reason === undefined ? {} : { late: reason === '' ? null : reason }),
        ...(about === undefined ? {} : { about: about.trim() || null }),
      };
      const who = {
        ...(access === undefined ? {} : { access }),
        ...(password || password === null ? { password } : {}),
      };
      const edits = [
        [['title', 'start', 'zone', 'late', 'about'] as const, room, announced],
        [['access', 'password'] as const, `${room}/settings`, who],
      ] as const;
      for (const [fields, url, body] of edits) {
        if (Object.keys(body).length === 0) continue;
        const sent = fields.filter((field) => field in body);
        const refused = await edit(sent, url, body);
        if (refused) return refused.code === 'etag-mismatch' ? 'changed' : refused;
      }
      return 'saved';
    },
    async invitation() {
      const answer = await post(`${room}/invites`, token(), { role: 'guest' });
      return isRefusal(answer) ? answer : new URL(String(answer['url']), globalThis.location?.href).href;
    },
    async continueIn(link) {
      const by = /\/r\/([a-z0-9-]+)\/studio#token=/.exec(link)?.[1];
      if (by === undefined) return 'no-link';
      const answer = await post(`${room}/continue`, token(), { by, link: link.trim() });
      return isRefusal(answer) ? answer : undefined;
    },
    async announce() {
      const answer = await post(`${room}/publish`, token(), {});
      if (isRefusal(answer)) return answer;
      await send('GET', room);
      return undefined;
    },
    async renewKeys() {
      const answer = await post(`${room}/keys/renew`, token(), {});
      if (isRefusal(answer)) return answer;
      await send('GET', room);
      return undefined;
    },
  };
}
