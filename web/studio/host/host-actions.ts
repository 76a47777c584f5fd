import { type ReadonlySignal, signal } from '@preact/signals';
import { isRefusal, post, type Refusal } from '../../capture/index.ts';
import { tokenFields } from '../link/link.ts';
import type { StudioWords } from '../words/words.ts';
import { openRoomSettings } from './room-settings.ts';

/** A change of the room's status by a host. */
export type Change = 'open' | 'live' | 'standby' | 'end' | 'cancel';

/** An invitation that was made on this page. */
export interface Invite {
  readonly name: string;
  readonly url: string;
  /** The speaker id its link is for. */
  readonly id: string;
  /** When the link expires, wall-clock ms; absent when it does not say. */
  readonly until?: number;
}

/** What is wrong with an announcement, per field; `other` is for everything else. */
export interface Complaints {
  readonly title?: string;
  readonly start?: string;
  readonly other?: string;
}

/** What a host or co-host does through the API. One thing at a time: while `busy`, further requests are ignored. */
export interface HostActions {
  readonly busy: ReadonlySignal<Change | 'edit' | 'limit' | 'rules' | 'recording' | 'links' | undefined>;
  /** `reason`: why the room is cancelled. True when it is done; otherwise the host has been told why not. */
  change(to: Change, reason?: string): Promise<boolean>;
  /** Sets the cap on live listeners; null removes it. */
  limit(cap: number | null): Promise<void>;
  /** Changes how people come on stage, and what listeners may say back; `speakers` null is the server's limit. */
  rule(rules: {
    invitedOnly?: boolean;
    speakers?: number | null;
    check?: boolean;
    reactions?: boolean;
    questions?: boolean;
  }): Promise<void>;
  /** Reads the room as it is now: an edit holds for that only. */
  look(): Promise<void>;
  /** Changes title, start (wall-clock ms) and zone. Returns what is wrong with them, or undefined when it is done. */
  announce(
    wish: { title?: string; start?: number; zone?: string },
    now: number,
  ): Promise<Complaints | undefined>;
  readonly invites: ReadonlySignal<readonly Invite[]>;
  invite(name: string): Promise<void>;
  /** Removes the invitation of somebody who was taken off the stage: their link is invalid. */
  forgetInvite(id: string): void;
  /** Invalidates every link of the room and makes a new one for this host; true when done. */
  renewLinks(): Promise<boolean>;
  /** Removes the recording for good. */
  removeRecording(): Promise<boolean>;
}

/** What host actions need. */
export interface HostActionsDeps {
  readonly slug: string;
  token(): string;
  /** Called with the token of the new link after all links were replaced. */
  renewed(token: string): void;
  words(): StudioWords;
  /** Shows the host a short message. */
  say(text: string): void;
  /** Called when the room has changed. */
  changed(): void;
}

/** The longest title that the API accepts, in characters (code points). */
const MAX_TITLE = 140;
/** How far ahead a room may be announced, in ms: one year. */
const FURTHEST_START = 366 * 86_400_000;
const MAX_INVITES = 20;

/** Why something failed: in the page's own words if it has any, otherwise the server's. */
export const reasonOf = (words: StudioWords, why: Refusal): string =>
  words.refusals[why.code] ??
  (/\bletters of one alphabet\b/.test(why.detail)
    ? words.nameMixed
    : why.detail || words.refusals['network'] || why.code);

/** What is wrong with an announcement, as far as the page can tell without the server. */
export function complaintsOf(
  wish: { title?: string; start?: number },
  now: number,
  words: StudioWords,
): Complaints | undefined {
  const length = wish.title === undefined ? 1 : [...wish.title.trim()].length;
  const title = length === 0 ? words.titleMissing : length > MAX_TITLE ? words.titleLong : undefined;
  const { start } = wish;
  const when =
    start === undefined
      ? undefined
      : Number.isNaN(start)
        ? words.startMissing
        : start <= now
          ? words.startPast
          : start - now > FURTHEST_START
            ? words.startFar
            : undefined;
  return title || when ? { ...(title ? { title } : {}), ...(when ? { start: when } : {}) } : undefined;
}

/** Opens the host's actions for one room and one link. */
export function openHostActions(deps: HostActionsDeps): HostActions {
  const { slug, token } = deps;
  const busy = signal<HostActions['busy']['value']>(undefined);
  const invites = signal<readonly Invite[]>([]);
  const room = `/api/rooms/${slug}`;
  const edits = openRoomSettings({ slug, token });
  const tell = (why: Refusal): void => deps.say(deps.words().failed(reasonOf(deps.words(), why)));

  async function once<T>(
    what: NonNullable<typeof busy.value>,
    run: () => Promise<T>,
  ): Promise<T | undefined> {
    if (busy.value) return undefined;
    busy.value = what;
    try {
      return await run();
    } finally {
      busy.value = undefined;
    }
  }

  return {
    busy,
    invites,
    look: () => edits.look(),
    async change(to, reason = '') {
      const said = reason.trim() === '' ? {} : { reason: reason.trim() };
      const answer = await once(to, () => post(`${room}/${to}`, token(), said));
      if (!answer) return false;
      if (isRefusal(answer)) {
        tell(answer);
        return false;
      }
      if (to === 'live') deps.say(deps.words().wentLive);
      else if (to === 'standby') deps.say(deps.words().wentMusic);
      deps.changed();
      return true;
    },
    async rule(rules) {
      const answer = await once('rules', () => post(room, token(), { rules }, 'PATCH'));
      if (answer && isRefusal(answer)) tell(answer);
    },
    async limit(cap) {
      const answer = await once('limit', () => post(room, token(), { cap }, 'PATCH'));
      if (answer && isRefusal(answer)) tell(answer);
      else if (answer) deps.changed();
    },
    async announce(wish, now) {
      const words = deps.words();
      const wrong = complaintsOf(wish, now, words);
      if (wrong) return wrong;
      if (wish.title === undefined && wish.start === undefined && wish.zone === undefined) return undefined;
      const answer = await once('edit', () => edits.save(wish));
      if (!answer) return { other: words.refusals['crowded'] ?? '' };
      if (answer === 'changed') return { other: words.settings.changed };
      if (answer === 'saved') {
        deps.changed();
        return undefined;
      }
      // The server's sentence names the field; the page has its own text for each.
      if (answer.code === 'unprocessable' && /\bstart\b/.test(answer.detail))
        return { start: words.startPast };
      if (answer.code === 'unprocessable' && /\btitle\b/.test(answer.detail))
        return { title: words.titleLong };
      if (answer.code === 'wrong-moment') return { start: words.startOpen };
      return { other: reasonOf(words, answer) };
    },
    async invite(name) {
      const answer = await post(`${room}/invites`, token(), name ? { name } : {});
      if (isRefusal(answer)) return tell(answer);
      const { url, speaker, token: theirs } = answer as { url?: unknown; speaker?: unknown; token?: unknown };
      if (typeof url !== 'string') return;
      const fields = tokenFields(String(theirs ?? ''));
      const id = String(speaker ?? fields?.['sub'] ?? '');
      const exp = fields?.['exp'];
      const until = typeof exp === 'number' ? { until: exp * 1000 } : {};
      const absolute = new URL(url, globalThis.location?.href).href;
      invites.value = [{ name, url: absolute, id, ...until }, ...invites.value].slice(0, MAX_INVITES);
    },
    forgetInvite(id) {
      invites.value = invites.value.filter((invite) => invite.id !== id);
    },
    async renewLinks() {
      const answer = await once('links', () => post(`${room}/links/renew`, token(), {}));
      if (!answer) return false;
      const made = isRefusal(answer) ? undefined : answer['token'];
      if (isRefusal(answer)) tell(answer);
      if (typeof made !== 'string') return false;
      invites.value = [];
      deps.renewed(made);
      deps.say(deps.words().linksRenewed);
      return true;
    },
    async removeRecording() {
      const answer = await once('recording', () => post(`${room}/recording`, token(), undefined, 'DELETE'));
      if (!answer) return false;
      if (isRefusal(answer)) tell(answer);
      return !isRefusal(answer);
    },
  };
}
