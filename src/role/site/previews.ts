import type { openEditsBook } from '../../archive/index.ts';
import { systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Config } from '../../config/index.ts';
import { openCardDrawing } from '../../picture/index.ts';
import { open, type Previews } from '../../preview/index.ts';
import type { Rooms } from '../../room/index.ts';
import type { Social } from '../../social/index.ts';

/** Opens previews of links on the rooms and posts of a site. */
export function openSitePreviews(deps: {
  readonly config: Config;
  readonly log: Log;
  readonly rooms: Rooms;
  readonly posts: Social;
  readonly edits: ReturnType<typeof openEditsBook>;
}): Previews & AsyncDisposable {
  const { config, log, rooms, posts, edits } = deps;
  const drawing = openCardDrawing(systemClock);
  const previews = open({
    ...{ clock: systemClock, log: log.part('preview') },
    ...{ publicUrl: config.publicUrl, framedBy: config.framedBy },
    card: async (slug) => rooms.card(slug) ?? (await rooms.over(slug)),
    clip: async (slug, id) => (await edits.of(slug)).clips.find((clip) => clip.id === id),
    ...{ post: posts.preview, draw: drawing.png },
  });
  return { ...previews, [Symbol.asyncDispose]: () => drawing[Symbol.asyncDispose]() };
}
