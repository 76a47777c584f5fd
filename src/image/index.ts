/** Images that people upload: made anew in a process of their own, kept in files, and gone with their last use. */
import type { Clock } from '../base/clock.ts';
import { reasonOf } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { ms } from '../base/time.ts';
import type { Store } from '../store/index.ts';
import { openImageFiles } from './image-files.ts';
import { openImagePlaces, type ReceivingFault } from './image-places.ts';
import { openImageRows } from './image-rows.ts';
import { type ImageCard, type ImageUse, imagePath } from './image-size.ts';
import { type ImageFault, type MadeImage, reEncode } from './re-encoding.ts';

export {
  AVATAR_SIDES,
  type ImageCard,
  type ImageUse,
  imagePath,
  isImageId,
  MOST_IMAGE_BYTES,
  MOST_PIXELS,
  widthsOf,
} from './image-size.ts';
export { dropFromPost, imagesOf, useAsAvatar, useInPost } from './image-uses.ts';

/** Why an image was not kept. */
export type ImageRefusal =
  | ImageFault
  | ReceivingFault
  | 'busy'
  | 'account-full'
  | 'server-full'
  | 'disk-full';

/** What images need. */
export interface ImagesDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** The folder of their files. */
  readonly dir: string;
  /** How much space all of them together, and those of one account, may take, bytes. */
  readonly quota: number;
  readonly quotaOfAccount: number;
  /** The program that decodes; default: ours. */
  readonly program?: URL;
}

/** The part, once open. */
export interface Images extends AsyncDisposable {
  /**
   * Receives an image, makes it anew and keeps it for its owner, at first for a day. The same file sent again is the
   * same image. Nothing is kept of a file that is refused.
   */
  take(owner: string, use: ImageUse, body: AsyncIterable<Uint8Array>): Promise<ImageCard | ImageRefusal>;
  /** Removes those of these that nobody uses any more. */
  collect(ids: readonly string[]): Promise<void>;
  /** Forgets all that an erased account has uploaded. */
  forget(owner: string): Promise<void>;
  /** Removes what was uploaded and not used within a day, and files that belong to nothing. */
  sweep(): Promise<void>;
  /** What is kept of somebody, for themselves. */
  exported(owner: string): Promise<object>;
}

/** How often unused images are looked for, ms. */
const SWEEP_MS = 3_600_000;

/** Opens the part. */
export function open(deps: ImagesDeps): Images {
  const { store, clock, log, program } = deps;
  const { db } = store;
  const places = openImagePlaces(clock);
  /** Files are written and removed in turn: what one removes another does not take for there. */
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work);
    turn = mine.catch(() => undefined);
    return mine;
  };
  const rows = openImageRows({ ...deps, db, files: openImageFiles(deps.dir), inTurn });
  /** One image is made at a time. */
  let making: Promise<unknown> = Promise.resolve();
  const made = (bytes: Buffer, use: ImageUse): Promise<MadeImage | ImageFault> => {
    const mine = making.then(() => reEncode(bytes, use, { clock, ...(program ? { program } : {}) }));
    making = mine.catch(() => undefined);
    return mine;
  };
  const sweepQuietly = (): void =>
    void rows
      .sweep()
      .catch((error: unknown) =>
        log.warn(
          { error: reasonOf(error) },
          'unused images could not be removed: they take space until the next look',
        ),
      );
  const sweeping = clock.every(ms(SWEEP_MS), sweepQuietly);
  sweepQuietly();
  return {
    async take(owner, use, body) {
      const refused = await rows.full(owner, 0);
      if (refused) return refused;
      using place = await places.take(owner);
      if (!place) return 'busy';
      const bytes = await place.receive(body);
      if (typeof bytes === 'string') return bytes;
      const image = await made(bytes, use);
      if (typeof image !== 'string') return inTurn(() => rows.keep(owner, image));
      if (image === 'undone')
        log.warn(
          {},
          'the program that makes images could not be started, or was ended from outside: this one was not kept',
        );
      return image;
    },
    collect: rows.collect,
    async forget(owner) {
      const gone = await db.deleteFrom('image_use').where('owner', '=', owner).returning('image').execute();
      await rows.collect(gone.map(({ image }) => image));
    },
    sweep: rows.sweep,
    async exported(owner) {
      const uses = await db
        .selectFrom('image_use')
        .innerJoin('image', 'image.id', 'image_use.image')
        .select(['image.id', 'width', 'height', 'bytes', 'kind', 'at'])
        .where('owner', '=', owner)
        .execute();
      return uses.map(({ at, ...row }) => ({
        ...{ ...row, at: new Date(at).toISOString() },
        file: imagePath(row.id, row.kind === 'avatar' ? 400 : 1_600),
      }));
    },
    async [Symbol.asyncDispose]() {
      sweeping[Symbol.dispose]();
      await making;
      await turn;
    },
  };
}
