/** Leads a page, and whoever listens on it, on to the room that continues its own: fetched when there is one. */
import { isRunning, type OtherRoom, type RoomState } from '../../../src/wire/room.ts';
import { roomAt, useKeys } from '../../kit/room-name.ts';
import type { AllWords } from '../../kit/words.ts';
import type { RoomNews } from '../news.ts';
import type { Sound } from '../sound.ts';

/** Listeners change over this time, so that they do not all connect at the same instant: ms, and at most. */
const SPREAD_MS_EACH = 5;
const SPREAD_MS = 5_000;
/** A server that does not answer is asked for the other room's key again after this, ms, and so often. */
const AGAIN_MS = 5_000;
const MOST_TRIES = 6;

/** The page that is led on. */
export interface LedPage {
  /** The room that the page was made for. */
  readonly slug: string;
  readonly words: AllWords;
  readonly sound: Sound;
  readonly news: RoomNews;
}

/**
 * Whoever listens hears the other room from now on, without a tap, and the page is that room's. Whoever does not is sent
 * to its page while it is live. Whoever hears a recording, or came here on purpose (`#here`), stays.
 */
export async function leadOn(page: LedPage, { slug: to }: OtherRoom): Promise<void> {
  const { sound, news } = page;
  const listens = sound.on && !sound.replay;
  if (listens) await pause(Math.random() * Math.min(SPREAD_MS, news.state.streams * SPREAD_MS_EACH));
  // The room of a private page leads on to a private one, which lets in whoever this one does.
  const isPrivate = roomAt(page.slug) !== `/r/${page.slug}`;
  const key = isPrivate ? await keyOf(page.slug, to) : undefined;
  if (isPrivate && key === undefined) return;
  if (listens && !sound.replay && (sound.on || sound.player.state === 'ended')) return carry(page, to, key);
  if (sound.replay || location.hash !== '') return;
  const at = key === undefined ? `/r/${to}` : `/r/${to}~${key}`;
  const answer = await fetch(`${at}/state.json`).catch(() => undefined);
  const other = answer?.ok ? ((await answer.json()) as RoomState) : undefined;
  if (isRunning(other?.status)) location.replace(at);
}

/** The other room's key, by what opened this one, which is kept for it as well; undefined: it does not open. */
async function keyOf(slug: string, to: string): Promise<string | undefined> {
  const { enter, keepPass, passFor } = await import('../../kit/room-key.ts');
  const pass = passFor(slug);
  for (let tries = 0; pass !== undefined && tries < MOST_TRIES; tries++) {
    const entered = await enter(to, { pass });
    if (typeof entered === 'object') {
      keepPass(to, pass);
      return entered.key;
    }
    if (entered !== 'later' && entered !== 'away') break;
    await pause(AGAIN_MS * (1 + Math.random()));
  }
  return undefined;
}

/** Makes the page the other room's: its addresses, its news, its sound. */
async function carry(
  { slug, sound, news, words }: LedPage,
  to: string,
  key: string | undefined,
): Promise<void> {
  const from = roomAt(slug);
  sound.pause();
  if (key === undefined)
    useKeys({ named: (name) => (name === slug ? to : name), renew: async () => undefined });
  else (await import('../../kit/room-key.ts')).openRoomKey({ slug: to, key }, slug);
  // What the stream of the other room does not tell must not stay.
  const { plans: _, gaps: __, ...rest } = news.state;
  news.state = { ...rest, slug: to, gaps: [] };
  news.zero = undefined;
  history.replaceState(history.state, '', `/r/${to}`);
  for (const link of document.querySelectorAll<HTMLAnchorElement>(`a[href^="${from}/"]`))
    link.setAttribute('href', roomAt(slug) + link.getAttribute('href')?.slice(from.length));
  document.querySelector('.about')?.remove();
  sound.live();
  sound.player.onChange(() => {
    const byline = document.querySelector('.masthead .hosts');
    const { hosts } = news.state;
    if (byline) byline.textContent = hosts.length > 0 ? words.with(words.listFormat(hosts)) : '';
  });
}

const pause = (delay: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delay));
