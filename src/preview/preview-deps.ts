import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { PageLanguage } from '../base/negotiation.ts';
import type { PostPreview } from '../wire/listening/link-preview.ts';
import type { Clip } from '../wire/replay/edits.ts';
import type { RoomCard } from '../wire/room.ts';

/** What previews of links are made from. */
export interface PreviewDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** The address people use, where it is set. */
  readonly publicUrl?: string | undefined;
  /** Whose pages may frame what is for other sites, as a policy has it. */
  readonly framedBy: string;
  /** A room that is announced, runs or is over; undefined where there is none. */
  card(slug: string): Promise<RoomCard | undefined>;
  clip(slug: string, id: string): Promise<Clip | undefined>;
  post(id: string, language: PageLanguage): Promise<PostPreview | undefined>;
  /** The PNG of a picture of ours; undefined at once while too many wait. */
  draw(svg: string): Promise<Uint8Array<ArrayBuffer> | undefined> | undefined;
}
