import { renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { openEditsBook } from '../../archive/index.ts';
import { systemClock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Config } from '../../config/index.ts';
import type { Identity } from '../../identity/index.ts';
import {
  type Moderation,
  type ModerationDeps,
  type ModerationRefusal,
  open,
} from '../../moderation/index.ts';
import { accountFrame, loadManifest } from '../../pages/index.ts';
import type { Rooms } from '../../room/index.ts';
import type { Store } from '../../store/index.ts';
import type { Clip } from '../../wire/replay/edits.ts';
import type { Paths } from '../paths.ts';
import type { TextGate } from './text-gate.ts';

const BUILD = fileURLToPath(new URL('../../../dist', import.meta.url));

/** A file for the studio, written with each change and again when somebody removes it. */
function toldTo(path: string, keep: SiteModerationDeps['keep']): (what: object) => void {
  let text = '{}';
  const write = (): void => {
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  };
  keep(path, write);
  return (what) => {
    text = JSON.stringify(what);
    write();
  };
}

/** What moderation of a site is opened with. */
export interface SiteModerationDeps {
  readonly config: Config;
  readonly at: Paths;
  readonly store: Store;
  readonly log: Log;
  readonly identity: Identity;
  readonly rooms: Rooms;
  /** What people add to recordings, for clips. */
  readonly edits: ReturnType<typeof openEditsBook>;
  /** Where posts and profiles are removed. */
  readonly posts: Pick<ModerationDeps, 'removePost' | 'clearProfile' | 'ownerOf' | 'imagesOf'>;
  /** Is told the lists of words, as the studio is. */
  readonly gate: TextGate;
  /** Writes a file again when somebody removes it. */
  keep(path: string, write: () => void): void;
}

/** Opens moderation on the rooms, accounts and recordings of a site. */
export async function openSiteModeration(deps: SiteModerationDeps): Promise<Moderation> {
  const { config, at, store, log, identity, rooms, edits } = deps;
  const plain = (made: object): ModerationRefusal | undefined =>
    'refused' in made ? (made as ModerationRefusal) : undefined;
  const clipIn = async (slug: string, id: string): Promise<Clip | undefined> =>
    (await edits.of(slug)).clips.find((clip) => clip.id === id);
  // A studio that begins without them would accept every word, and show what was taken out.
  const tellWords = toldTo(at.blockWords, deps.keep);
  const tellWithdrawn = toldTo(at.withdrawnQuestions, deps.keep);
  return open({
    ...{ store, clock: systemClock, log, publicUrl: config.publicUrl },
    ...{ keepReports: config.reportsKeep, keepAudit: config.auditKeep, mostReports: config.reportsOpen },
    frame: accountFrame(await loadManifest(BUILD)),
    account: identity.whoIs,
    ...{ isOperator: rooms.isOperator, memberOf: rooms.memberOf },
    cardOf: async (slug) => rooms.card(slug) ?? (await rooms.over(slug)),
    keepOut: rooms.keepOut,
    endRoom: rooms.endRoom,
    stopRoom: async (slug, reason) => plain(await rooms.measures.stop(slug, reason)),
    resumeRoom: async (slug) => plain(await rooms.measures.resume(slug)),
    unlistRoom: async (slug) => plain(await rooms.measures.unlist(slug)),
    relistRoom: async (slug) => plain(await rooms.measures.relist(slug)),
    mail: identity.mail,
    clipTitle: clipIn,
    findClip: clipIn,
    async hideClip(slug, id) {
      const clip = await clipIn(slug, id);
      if (clip)
        await edits.change(slug, (all) => ({ ...all, clips: all.clips.filter((one) => one.id !== id) }));
      return clip;
    },
    async showClip(slug, clip) {
      const { id } = clip as Clip;
      await edits.change(slug, (all) =>
        all.clips.some((one) => one.id === id) ? all : { ...all, clips: [...all.clips, clip as Clip] },
      );
    },
    removePost: deps.posts.removePost,
    clearProfile: deps.posts.clearProfile,
    ownerOf: deps.posts.ownerOf,
    ...(deps.posts.imagesOf ? { imagesOf: deps.posts.imagesOf } : {}),
    publishWords(lists) {
      deps.gate.publish(lists);
      tellWords(lists);
    },
    publishWithdrawn: tellWithdrawn,
  });
}
