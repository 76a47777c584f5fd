import { ms } from '../../../src/base/time.ts';
import { isRefusal, type Refusal, refusalOf } from '../../capture/index.ts';
import { keepToken, studioAddress } from './link.ts';
import { keepInWindow, keptInWindow } from './window-store.ts';

/** A page that comes back to this within so many ms does not ask again: the link of the account is refused as well. */
const AGAIN_MS = 60_000;
const keyOf = (slug: string): string => `earshot-own-${slug}`;

/**
 * Opens the studio with a link of the account that is signed in in this browser, in place of a link that is missing or
 * refused (`refused`). Does nothing where nobody is signed in or the account does not belong to the room.
 */
export async function openByAccount(slug: string, refused?: string): Promise<void> {
  const last = Number(keptInWindow(keyOf(slug)) ?? 0);
  if (refused !== undefined && Date.now() - last < AGAIN_MS) return;
  const made = await send(`/api/rooms/${slug}/own-link`);
  if (isRefusal(made)) return;
  const { token } = (await made.json().catch(() => ({}))) as { token?: unknown };
  if (typeof token !== 'string' || token === refused) return;
  keepInWindow(keyOf(slug), String(Date.now()));
  if (keepToken(slug, token)) location.reload();
  else location.replace(studioAddress(location.origin, slug, token));
}

/** Takes a room into the account that is signed in in this browser; undefined when it is done. */
export async function keepRoom(slug: string, link: string): Promise<Refusal | undefined> {
  const made = await send(`/api/rooms/${slug}/adopt`, { link });
  return isRefusal(made) ? made : undefined;
}

/** As whoever is signed in, without a link. */
async function send(path: string, body?: object): Promise<Response | Refusal> {
  const sent = body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  try {
    const answer = await fetch(path, { method: 'POST', cache: 'no-store', ...sent });
    return answer.ok ? answer : await refusalOf(answer);
  } catch (error) {
    return { refused: true, status: 0, code: 'network', detail: String(error), retryAfter: ms(0) };
  }
}
