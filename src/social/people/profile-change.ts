import type { SocialParts } from '../parts.ts';
import type { ProfileChange } from './profiles.ts';

/** Changes a profile; the field that was refused. One pins a post of one's own, and a room that everybody may see. */
export async function changeProfile(
  { profiles, reader, rooms }: SocialParts,
  account: string,
  change: ProfileChange,
): Promise<'pinnedPost' | 'pinnedRoom' | undefined> {
  const { pinnedPost, pinnedRoom } = change;
  if (typeof pinnedPost === 'number') {
    const post = await reader.one(pinnedPost);
    if (post?.author?.account !== account || !post.content) return 'pinnedPost';
  }
  if (typeof pinnedRoom === 'string' && !(await rooms.cards([pinnedRoom])).has(pinnedRoom))
    return 'pinnedRoom';
  await profiles.change(account, change);
  return undefined;
}
