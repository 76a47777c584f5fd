import { goOn } from '../../form/index.ts';
import { REASON_LENGTH } from '../api/requests.ts';
import { postPath } from '../api/shown.ts';
import { complainedPost } from '../complaints.ts';
import type { SocialParts } from '../parts.ts';
import { compose } from '../posts/composing.ts';
import { formRequest } from '../posts/form-request.ts';
import type { Post } from '../posts/post.ts';
import { postIdOf } from '../posts/post-key.ts';
import { tidyOptional } from '../text/post-text.ts';
import { wayBack } from './answer.ts';
import { sendComplaint } from './complaint-page.ts';
import { askedFirst, wishesIn } from './image-fields.ts';
import { postPage } from './post-page.ts';
import { type SocialVisit, waitFor } from './visit.ts';

/** What a form of a post's page wants. */
export async function actOnPost(
  parts: SocialParts,
  visit: SocialVisit,
  post: Post,
  sent: URLSearchParams,
): Promise<Response> {
  const { words, account, profile } = visit;
  const { book } = parts;
  const act = sent.get('act') ?? '';
  const path = postPath(post);
  const again = (wrong: string, status = 422, headers = {}): Promise<Response> =>
    postPage(parts, visit, post, { wrong, sent }, { status, headers });
  if (act === 'report') return sendComplaint(parts, visit, complainedPost(post), sent, again);
  if (!account) return goOn('/sign-in');
  if (!profile) return goOn('/compose');
  const writes = act === 'reply' || act === 'quote' || act === 'edit';
  const wait = waitFor(parts, writes ? 'posts' : 'acts', account);
  if (wait !== undefined) return again(words.tooOften(wait), 429, { 'retry-after': `${wait}` });
  const text = sent.get('text') ?? '';
  const first = writes ? askedFirst(visit, sent) : undefined;
  if (first !== undefined) return again(first);
  switch (act) {
    case 'reply':
    case 'quote': {
      const to = act === 'reply' ? { replyTo: post.key } : { quoteOf: post.key };
      const wish = { text, ...to, images: wishesIn(sent) };
      const request = formRequest(account.id, sent, wish);
      const made = await compose(parts, account, { ...wish, request }, visit.request);
      if (typeof made === 'string') return again(words.faults[made]);
      return goOn(act === 'reply' ? `${path}#p-${postIdOf(made)}` : `/@${profile.handle}/${postIdOf(made)}`);
    }
    case 'edit': {
      const read = Number(sent.get('version'));
      const images = sent.has('with-images') ? wishesIn(sent) : undefined;
      const fault = await book.edit(account.id, post.key, text, (version) => version === read, images);
      if (!fault) return goOn(path);
      const now = fault === 'changed' ? await parts.reader.one(post.key, account.id) : post;
      return postPage(
        ...([parts, visit, now ?? post] as const),
        { wrong: words.faults[fault], sent },
        { status: fault === 'changed' ? 409 : 422 },
      );
    }
    case 'delete': {
      const reason = tidyOptional(sent.get('reason') ?? '', REASON_LENGTH);
      if ('fault' in reason)
        return again(reason.fault === 'too-long' ? words.reasonTooLong : words.faults[reason.fault]);
      const fault = await book.remove(post.key, { author: account.id }, reason.text || undefined);
      return fault ? again(words.faults[fault]) : goOn(path);
    }
    case 'like':
    case 'unlike':
    case 'repost':
    case 'unrepost': {
      const kind = act.endsWith('like') ? 'like' : 'repost';
      const fault = await book[kind](account.id, post.key, !act.startsWith('un'));
      return fault ? again(words.faults[fault]) : goOn(wayBack(sent, path));
    }
    default:
      return again(words.unread);
  }
}
