import { request } from 'node:http';
import { asSlug } from '../base/ids.ts';
import type { ToldHost } from '../door/index.ts';
import type { RoomCard } from '../wire/room.ts';

/** Not in the table of addresses, so no door forwards it. */
const PREFIX = '/inner/rooms/';
const WAIT_MS = 3_000;
/** A card is smaller, and so are the cards of all rooms of one host that a feed has. */
const MOST_BYTES = 64_000;
const MOST_HOST_BYTES = 2_000_000;

/** Asks the site; undefined when it knows nothing of the kind, rejects when it is away. */
const ask = <T>(socketPath: string, path: string, most = MOST_BYTES): Promise<T | undefined> =>
  new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(WAIT_MS);
    const asked = request({ socketPath, path, signal }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('error', reject);
      answer.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > most) asked.destroy(new Error(`an answer of more than ${most / 1_000} kB`));
      });
      answer.on('end', () => {
        if (answer.statusCode === 404) resolve(undefined);
        else if (answer.statusCode === 200) resolve(JSON.parse(text) as T);
        else reject(new Error(`the site answered ${answer.statusCode}`));
      });
    });
    asked.on('error', reject).end();
  });

/** Asks the site for a room that is over; undefined when there is none, rejects when it is away. */
export const askForRoom =
  (socketPath: string) =>
  (slug: string): Promise<RoomCard | undefined> =>
    ask(socketPath, `${PREFIX}${slug}`);

/** Asks the site for somebody who hosts rooms, by the name in their address, which has been looked at. */
export const askForHost =
  (socketPath: string) =>
  (name: string): Promise<ToldHost | undefined> =>
    ask(socketPath, `/inner/hosts/${name}`, MOST_HOST_BYTES);

/** Answers these lookups from doors, and leaves every other request to `fetch`. */
export const answerDoors =
  (
    over: (slug: string) => Promise<RoomCard | undefined>,
    fetch: (request: Request) => Promise<Response>,
  ): ((request: Request) => Promise<Response>) =>
  async (asked) => {
    const { pathname } = new URL(asked.url);
    if (!pathname.startsWith(PREFIX)) return fetch(asked);
    const slug = asSlug(pathname.slice(PREFIX.length));
    const found = slug && (await over(slug).catch(() => 'away' as const));
    if (found === 'away') return new Response(null, { status: 503 });
    return found ? Response.json(found) : new Response(null, { status: 404 });
  };
