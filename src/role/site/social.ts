import { fileURLToPath } from 'node:url';
import type { openEditsBook } from '../../archive/index.ts';
import { systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Config } from '../../config/index.ts';
import type { Identity } from '../../identity/index.ts';
import { type Images, open as openImages } from '../../image/index.ts';
import { openPostMarks } from '../../keys/post-marks.ts';
import { readSecret } from '../../keys/secret.ts';
import type { Moderation } from '../../moderation/index.ts';
import { embedFrame, loadManifest, socialFrame } from '../../pages/index.ts';
import type { Rooms } from '../../room/index.ts';
import { open, type Social } from '../../social/index.ts';
import type { Store } from '../../store/index.ts';
import type { Paths } from '../paths.ts';
import { openSiteModeration, type SiteModerationDeps } from './moderation.ts';
import { askForPostFigures } from './post-figures.ts';
import { openSiteSyndication, type SiteSyndicationDeps } from './syndication.ts';
import type { TextGate } from './text-gate.ts';

const BUILD = fileURLToPath(new URL('../../../dist', import.meta.url));

/** What profiles and posts of a site are opened with. */
interface SiteSocialDeps {
  readonly config: Config;
  readonly at: Pick<Paths, 'secret' | 'tallyHttp'>;
  readonly store: Store;
  readonly log: Log;
  readonly identity: Identity;
  readonly rooms: Rooms;
  /** What people add to recordings, for clips. */
  readonly edits: ReturnType<typeof openEditsBook>;
  readonly images: Images;
  readonly gate: TextGate;
  /** Opened after this. */
  moderation(): Moderation | undefined;
}

/** Opens profiles and posts on the rooms and accounts of a site. */
async function openSiteSocial(deps: SiteSocialDeps): Promise<Social> {
  const { config, at, store, log, identity, rooms, edits, images, gate, moderation } = deps;
  const { publicUrl } = config;
  const manifest = await loadManifest(BUILD);
  const marks = openPostMarks(readSecret(at.secret));
  return open({
    ...{ store, clock: systemClock, log, publicUrl, account: identity.whoIs },
    frame: socialFrame(manifest, (publicUrl ?? '').replace(/\/+$/, '')),
    ...{ embedFrame: embedFrame(manifest), framedBy: config.framedBy },
    mark: (post, room) => marks.make({ post, ...(room === undefined ? {} : { room }) }, systemClock.wall()),
    figures: askForPostFigures(systemClock, at.tallyHttp),
    cardOf: async (slug) => rooms.card(slug) ?? (await rooms.over(slug)),
    ...{ images, refuses: gate.refuses },
    setLanguage: identity.setLanguage,
    mail: identity.mail,
    clipTitle: async (slug, id) => (await edits.of(slug)).clips.find((clip) => clip.id === id)?.title,
    complain: async (request, complaint) =>
      (await moderation()?.reportSocial(request, complaint)) ?? { wait: 10 },
    outcome: async (...asked) => moderation()?.socialOutcome(...asked),
  });
}

/** Moderation and posts, which need each other: posts are reported there, and removed from there; and what reaches people beside them. */
export async function openDeskAndPosts(
  deps: Omit<SiteModerationDeps, 'posts'> & Pick<SiteSyndicationDeps, 'tell'>,
) {
  await using stack = new AsyncDisposableStack();
  const { config, at, store, log } = deps;
  let desk: Moderation | undefined;
  const images = stack.use(
    openImages({
      ...{ store, clock: systemClock, log: log.part('images'), dir: at.images },
      ...{ quota: config.imagesQuota, quotaOfAccount: config.imagesQuotaAccount },
    }),
  );
  const posts = stack.use(
    await openSiteSocial({ ...deps, images, log: log.part('social'), moderation: () => desk }),
  );
  const moderation = stack.use(await openSiteModeration({ ...deps, log: log.part('moderation'), posts }));
  desk = moderation;
  const syndication = stack.use(await openSiteSyndication({ ...deps, posts }));
  return Object.assign(stack.move(), { moderation, posts, syndication });
}
