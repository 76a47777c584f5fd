/** What people add to recordings: chapters, clips, trims, how long one is kept. The sound stays as it was written. */
import { Hono } from 'hono';
import { isRefusal, keptByNobody, refuse, refused, refuseTheRest, shownWithTag } from '../api/index.ts';
import { asSlug } from '../base/ids.ts';
import { find, openPace, tellPaces } from '../http/index.ts';
import { bearer } from '../keys/token.ts';
import { NO_EDITS } from '../wire/replay/edits.ts';
import { isOver } from '../wire/room.ts';
import { editedOf, shownOf } from './answers.ts';
import { chapterRoutes } from './chapter-routes.ts';
import { clipRoutes, isTheirs, MEMBERS } from './clip-routes.ts';
import { type EditRoutes, editAnswer } from './edit-routes.ts';
import type { ReplayDeps } from './replay-deps.ts';
import { trimRoutes } from './trim-routes.ts';

export { replayPaths } from './described.ts';
export type { OriginalFile, ReplayDeps, RoomMember } from './replay-deps.ts';

/** Changes of one room: so many at once, and one more every so often. */
const BURST = 20;
const EVERY_MS = 2_000;
/** The steps after `/api/rooms/:slug/` that are answered here. */
const ACTS: ReadonlySet<string | undefined> = new Set([
  'chapters',
  'clips',
  'trims',
  'replay',
  'original.mp4',
]);

/** The part, once open. */
export interface Replays {
  /** True for a path that `fetch` answers. */
  takes(path: string): boolean;
  fetch(request: Request): Promise<Response>;
}

/** Opens the part. */
export function open(deps: ReplayDeps): Replays {
  const app = new Hono();
  app.use(tellPaces);
  keptByNobody(app);
  const allowance = openPace(deps.clock, 'edits', BURST, EVERY_MS);
  const member: EditRoutes['member'] = async (c, roles) => {
    const slug = asSlug(c.req.param('slug') ?? '');
    if (!slug) return { refused: 'room-unknown' };
    const found = await deps.memberOf(slug, bearer(c.req.header('authorization')));
    if (isRefusal(found)) return found;
    if (!roles.includes(found.role)) return { refused: 'not-host' };
    return found.card.welcome ? { refused: 'not-found', detail: 'The demo room is not recorded.' } : found;
  };
  const routes: EditRoutes = {
    ...{ app, deps, member },
    async changing(c, roles) {
      const found = await member(c, roles);
      if (isRefusal(found)) return found;
      const wait = allowance.take(c, `${found.card.slug} ${found.role === 'host' ? 'host' : 'others'}`);
      return wait === undefined
        ? found
        : { refused: 'too-many-changes', detail: `Try again in ${wait} s.`, wait };
    },
    made: editAnswer(201),
    mendedAnswer: editAnswer(200),
  };

  app.get('/api/rooms/:slug/replay', async (c) => {
    const found = await member(c, MEMBERS);
    if (isRefusal(found)) return refused(found);
    const { slug, status } = found.card;
    const all = await deps.edits.of(slug);
    // Speakers see and change the clips that they made; the rest is for hosts.
    const theirs = { ...NO_EDITS, clips: all.clips.filter((clip) => isTheirs(found, clip)) };
    const shown = shownOf.replay(found.role === 'speaker' ? theirs : all, slug, isOver(status));
    return shownWithTag(c, editedOf.keep(all), shown);
  });
  chapterRoutes(routes);
  clipRoutes(routes);
  trimRoutes(routes);

  app.get('/r/:slug/clip/:file', async (c) => {
    const slug = asSlug(c.req.param('slug'));
    const id = c.req.param('file').replace(/\.png$/, '');
    const card = slug && (await deps.cardOf(slug));
    const clip = card && (await deps.edits.of(card.slug)).clips.find((one) => one.id === id);
    const image =
      clip && deps.png?.({ title: clip.title, room: card.title, seconds: (clip.to - clip.from) / 1000 });
    if (!image) return refuse('not-found');
    return c.body(Uint8Array.from(image), 200, {
      'content-type': 'image/png',
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
    });
  });

  refuseTheRest(app);
  app.onError((error, c) => {
    deps.log.error(
      { path: c.req.path, error: error.stack ?? String(error) },
      'a change to a recording failed, and nothing of it was kept; the cause stands here',
    );
    return refuse('internal');
  });
  return {
    takes(path) {
      if (find(path)?.address.id === 'clip-png') return true;
      const [, api, rooms, , act] = path.split('/');
      return api === 'api' && rooms === 'rooms' && ACTS.has(act);
    },
    fetch: async (request) => app.fetch(request),
  };
}
