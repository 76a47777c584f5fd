import type { Store } from '../../store/index.ts';
import { imagesIn } from '../posts/post-images.ts';
import { madeAt, postIdOf } from '../posts/post-key.ts';

const iso = (at: number): string => new Date(at).toISOString();

/** Everything that is kept about one account here, for itself. Spec: GDPR, 15 and 20. */
export async function ownSocialData({ db }: Store, account: string): Promise<object> {
  const [profile, posts, edits, likes, follows, shields, visit, notified, setting] = await Promise.all([
    db.selectFrom('social_profile').selectAll().where('account', '=', account).executeTakeFirst(),
    db.selectFrom('social_post').selectAll().where('author', '=', account).orderBy('id').execute(),
    db
      .selectFrom('social_edit')
      .innerJoin('social_post', 'social_post.id', 'social_edit.post')
      .select([
        'social_edit.post',
        'social_edit.version',
        'social_edit.text',
        'social_edit.images',
        'social_edit.at',
      ])
      .where('social_post.author', '=', account)
      .execute(),
    db.selectFrom('social_like').select(['post', 'at']).where('account', '=', account).execute(),
    db
      .selectFrom('social_follow')
      .leftJoin('social_profile', 'social_profile.account', 'social_follow.followee')
      .select(['handle', 'at'])
      .where('follower', '=', account)
      .execute(),
    db
      .selectFrom('social_shield')
      .leftJoin('social_profile', 'social_profile.account', 'social_shield.target')
      .select(['handle', 'kind', 'at'])
      .where('social_shield.account', '=', account)
      .execute(),
    db.selectFrom('social_visit').selectAll().where('account', '=', account).executeTakeFirst(),
    db
      .selectFrom('notification')
      .select(['kind', 'about', 'post', 'at'])
      .where('account', '=', account)
      .execute(),
    db.selectFrom('social_setting').selectAll().where('account', '=', account).executeTakeFirst(),
  ]);
  return {
    ...(profile ? { profile: { ...profile, links: JSON.parse(profile.links) as unknown } } : {}),
    posts: posts.map(({ id, author: _, request: __, facets: ___, ...row }) => ({
      ...{ ...row, id: postIdOf(id), created: iso(madeAt(id)), images: imagesIn(row.images) },
      ...{ reply_to: row.reply_to && postIdOf(row.reply_to), root: row.root && postIdOf(row.root) },
      ...{
        quote_of: row.quote_of && postIdOf(row.quote_of),
        repost_of: row.repost_of && postIdOf(row.repost_of),
      },
    })),
    edits: edits.map((edit) => ({
      ...edit,
      images: imagesIn(edit.images),
      post: postIdOf(edit.post),
      at: iso(edit.at),
    })),
    likes: likes.map(({ post, at }) => ({ post: postIdOf(post), at: iso(at) })),
    follows: follows.map(({ handle, at }) => ({ handle, at: iso(at) })),
    shields: shields.map(({ handle, kind, at }) => ({ handle, kind, at: iso(at) })),
    ...(visit ? { lastLook: iso(visit.at) } : {}),
    notifications: notified.map(({ kind, about, post, at }) => ({
      ...{ kind, at: iso(at) },
      ...(post === null ? { day: about } : { post: postIdOf(post) }),
    })),
    ...(setting
      ? {
          settings: {
            ...{ off: JSON.parse(setting.off) as unknown, people: setting.people },
            ...{ mail: setting.mail === 1, seen: iso(setting.seen) },
          },
        }
      : {}),
  };
}
