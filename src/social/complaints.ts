import type { AbuseReason } from '../wire/moderation/moderation.ts';
import { postPath } from './api/shown.ts';
import type { Profile } from './people/profiles.ts';
import { type Post, reportable } from './posts/post.ts';
import { postIdOf } from './posts/post-key.ts';
import type { Complaint, SocialDeps } from './social-deps.ts';
import { beginningOf } from './text/post-text.ts';

/** What a complaint is about. */
export interface Complained extends Pick<Complaint, 'subject' | 'target' | 'name' | 'made'> {
  /** The page of it. */
  readonly path: string;
}

/** A post as a complaint is about it; undefined when there is nothing of it to complain about. */
export function complainedPost(post: Post): Complained | undefined {
  const said = reportable(post);
  if (said === undefined || !post.author) return undefined;
  return {
    ...{ subject: 'post', target: postIdOf(post.key), path: postPath(post), made: post.created },
    name: `@${post.author.handle}: ${beginningOf(said)}`,
  };
}

/** What somebody shows of themselves, as a complaint is about it. */
export const complainedProfile = ({ handle, name, bio, created }: Profile): Complained => ({
  ...{ subject: 'profile', target: handle, path: `/@${handle}`, made: created },
  name: `@${handle}: ${beginningOf(`${name} ${bio}`)}`,
});

/** Takes a complaint to the moderators. */
export const complain = (
  deps: Pick<SocialDeps, 'complain'>,
  request: Request,
  { path: _, ...about }: Complained,
  reason: AbuseReason,
  words: string,
): ReturnType<SocialDeps['complain']> => deps.complain(request, { ...about, reason, words });
