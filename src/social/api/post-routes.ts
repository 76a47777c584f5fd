import type { Context, Hono } from 'hono';
import {
  etagOf,
  ifMatch,
  isRefusal,
  read,
  refuse,
  refused,
  rowIdOf,
  shownWithTag,
  stateOf,
} from '../../api/index.ts';
import type { AccountCard } from '../../wire/account.ts';
import { complainedPost } from '../complaints.ts';
import { compose } from '../posts/composing.ts';
import type { Post } from '../posts/post.ts';
import { postIdOf } from '../posts/post-key.ts';
import { type Answers, faulty } from './answers.ts';
import { DELETION, NEW_COMPLAINT, NEW_POST, POST_EDIT } from './requests.ts';
import { shownFigures, shownVersion } from './shown.ts';

/** What an edit changes: by it an `ETag` knows whether somebody else has edited. */
const editable = ({ key, content }: Post): string => stateOf([key, content?.version ?? 0]);

/** Posts: writing, reading, editing, deleting, and what people do with them. */
export function postRoutes(app: Hono, answers: Answers): void {
  const { parts } = answers;
  const { book, reader, deps } = parts;

  const one = async (c: Context): Promise<Post | Response> => {
    const key = answers.key(c);
    if (key instanceof Response) return key;
    const post = await reader.one(key, (await answers.reader(c))?.id);
    return post ?? refuse('not-found', 'There is no such post.');
  };
  const tagged = async (post: Post, status: 200 | 201): Promise<Response> => {
    const shown = await answers.shown(post);
    return Response.json(shown, {
      status,
      headers: {
        etag: etagOf(editable(post), shown),
        ...(status === 201 ? { location: `/api/posts/${postIdOf(post.key)}` } : {}),
      },
    });
  };

  app.post('/api/posts', async (c) => {
    const who = await answers.member(c);
    if (who instanceof Response) return who;
    const wish = await read(c, NEW_POST);
    if (isRefusal(wish)) return refused(wish);
    const paced = answers.paced(c, 'posts', who.account);
    if (paced) return paced;
    const wanted = { ...wish.value, request: rowIdOf(c.req.raw) };
    const made = await compose(parts, who.account, wanted, c.req.raw);
    if (typeof made === 'string') return faulty(made);
    const post = await reader.one(made, who.account.id);
    return post ? tagged(post, 201) : refuse('not-found');
  });
  app.get('/api/posts/:id', async (c) => {
    const post = await one(c);
    return post instanceof Response ? post : shownWithTag(c, editable(post), await answers.shown(post));
  });
  app.patch('/api/posts/:id', async (c) => {
    const who = await answers.member(c);
    if (who instanceof Response) return who;
    const wish = await read(c, POST_EDIT);
    if (isRefusal(wish)) return refused(wish);
    const key = answers.key(c);
    if (key instanceof Response) return key;
    const paced = answers.paced(c, 'posts', who.account);
    if (paced) return paced;
    const check = ifMatch(c);
    const fault = await book.edit(
      who.account.id,
      key,
      wish.value.text,
      check && ((version) => check(stateOf([key, version])) === undefined),
      wish.value.images,
    );
    if (fault) return faulty(fault);
    const post = await reader.one(key, who.account.id);
    return post ? tagged(post, 200) : refuse('not-found');
  });
  const bury = async (c: Context, account: AccountCard, reason?: string): Promise<Response> => {
    const key = answers.key(c);
    if (key instanceof Response) return key;
    const paced = answers.paced(c, 'acts', account);
    if (paced) return paced;
    const fault = await book.remove(key, { author: account.id }, reason);
    if (fault) return faulty(fault);
    const post = await reader.one(key, account.id);
    return post ? c.json(await answers.shown(post)) : c.body(null, 204);
  };
  app.delete('/api/posts/:id', async (c) => {
    const who = await answers.member(c);
    return who instanceof Response ? who : bury(c, who.account);
  });
  // With a body, which many programs cannot send with DELETE.
  app.put('/api/posts/:id/tombstone', async (c) => {
    const who = await answers.member(c);
    if (who instanceof Response) return who;
    const wish = await read(c, DELETION);
    return isRefusal(wish) ? refused(wish) : bury(c, who.account, wish.value.reason);
  });
  app.get('/api/posts/:id/figures', async (c) => {
    const post = await one(c);
    if (post instanceof Response) return post;
    const of = postIdOf((post.reposted ?? post).key);
    const told = await deps.figures?.([of]);
    return told ? c.json(shownFigures(of, told.get(of), deps.clock.wall())) : refuse('tally-away');
  });
  app.get('/api/posts/:id/history', async (c) => {
    const post = await one(c);
    if (post instanceof Response) return post;
    return post.deleted
      ? refuse('post-deleted')
      : c.json({
          versions: (await reader.history(post.key)).map((one) => shownVersion(one, answers.base)),
        });
  });
  for (const kind of ['replies', 'quotes'] as const)
    app.get(`/api/posts/:id/${kind}`, async (c) => {
      const post = await one(c);
      if (post instanceof Response) return post;
      return answers.list(c, { kind, post: post.key }, (await answers.reader(c))?.id);
    });
  markRoutes(app, answers);
  app.post('/api/posts/:id/reports', async (c) => {
    const wish = await read(c, NEW_COMPLAINT);
    if (isRefusal(wish)) return refused(wish);
    const post = await one(c);
    if (post instanceof Response) return post;
    const about = complainedPost(post);
    return about ? answers.complain(c, about, wish.value) : refuse('post-deleted');
  });
}

/** Likes and reposts, given and taken back. */
function markRoutes(app: Hono, answers: Answers): void {
  const { book } = answers.parts;
  for (const kind of ['like', 'repost'] as const)
    for (const method of ['put', 'delete'] as const)
      app[method](`/api/posts/:id/${kind}`, async (c) => {
        const who = await answers.member(c);
        if (who instanceof Response) return who;
        const key = answers.key(c);
        if (key instanceof Response) return key;
        const paced = answers.paced(c, 'acts', who.account);
        if (paced) return paced;
        const fault = await book[kind](who.account.id, key, method === 'put');
        return fault ? faulty(fault) : c.body(null, 204);
      });
}
