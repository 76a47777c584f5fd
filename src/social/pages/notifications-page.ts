import { escapeHtml } from '../../base/plain-text.ts';
import { goOn, own, time } from '../../form/index.ts';
import { postPath } from '../api/shown.ts';
import type { Notified } from '../notifications/notifications.ts';
import type { SocialParts } from '../parts.ts';
import type { SocialWords } from '../words/social-words.ts';
import { roomCardHtml } from './post-view.ts';
import { type SocialVisit, shown } from './visit.ts';

/** Notifications on a page. */
const PAGE_NOTIFIED = 30;
/** Code units of a post that a notification shows. */
const SHOWN_OF_POST = 200;

/** Where a page goes on, in its address. */
const cursorIn = (url: URL): { at: number; key: string } | undefined => {
  const [, at, key = ''] = /^(\d{1,15})~([\w.-]{0,120})$/.exec(url.searchParams.get('before') ?? '') ?? [];
  return at === undefined ? undefined : { at: Number(at), key };
};

/** The beginning of a post, as its link. */
function excerptHtml({ post }: Notified): string {
  if (!post?.content) return '';
  const text = post.content.text.replace(/\s+/g, ' ');
  const short = text.length > SHOWN_OF_POST ? `${text.slice(0, SHOWN_OF_POST).trimEnd()}…` : text;
  return `<p class="said"><a href="${postPath(post)}" dir="auto">${escapeHtml(short)}</a></p>`;
}

/** One notification. */
export function notifiedHtml(words: SocialWords, one: Notified): string {
  const { told } = words;
  const mark = one.isNew ? `<strong class="mark">${told.isNew}</strong> ` : '';
  const when = `<p class="ash small">${time(words, one.at)}</p>`;
  if (one.kind === 'report')
    return `<li>${mark}<p>${told.reports(one.count)}</p><p><a href="/operate/reports">${told.readReports}</a></p>${when}</li>`;
  if (one.kind === 'invitation') {
    const { inviter = '', title = '', slug = '', role = 'guest' } = one.invitation ?? {};
    const line = told.invited(inviter && own(inviter), `<a href="/r/${slug}">${own(title)}</a>`, role);
    return `<li>${mark}<p>${line}</p><p><a href="/account">${told.answerInvitation}</a></p>${when}</li>`;
  }
  if (one.kind === 'room')
    return `<li>${mark}<p>${one.room ? told.rooms[one.room.what] : ''}</p>${one.room ? roomCardHtml(words, one.room.card) : ''}${when}</li>`;
  const names = one.people.map(({ handle, name }) => `<a class="who" href="/@${handle}">${own(name)}</a>`);
  // Of one person's posts the further ones are counted, of many people's the further people.
  const isPost = one.kind === 'mention' || one.kind === 'reply' || one.kind === 'quote';
  const people = isPost ? 1 : one.count;
  const who = told.people(names, Math.max(0, people - names.length));
  const more = isPost && one.count > 1 ? `<p class="ash small">${told.morePosts(one.count - 1)}</p>` : '';
  return `<li>${mark}<p>${told.line(one.kind, who, people)}</p>${excerptHtml(one)}${more}${when}</li>`;
}

/** What others did with one's posts. Whoever looks at the first page has seen them. */
export async function notificationsPage(parts: SocialParts, visit: SocialVisit): Promise<Response> {
  const { words, account, profile, url, request } = visit;
  const { told } = words;
  if (!account) return goOn('/sign-in');
  if (!profile) return goOn('/compose');
  const before = cursorIn(url);
  const { list, next, newest } = await parts.notifications.page(account.id, PAGE_NOTIFIED, before);
  // A browser that fetches a page in advance is not somebody who looks. Spec: Fetch Metadata (Sec-Purpose).
  const looks = !/prefetch|prerender/.test(request.headers.get('sec-purpose') ?? '');
  if (before === undefined && newest !== undefined && looks) {
    await parts.settings.look(account.id, newest);
    parts.notices.seen(account.id);
  }
  const items = list.map((one) => notifiedHtml(words, one)).join('');
  const older = next
    ? `<p><a class="button quiet" rel="next" href="/notifications?before=${next.at}~${escapeHtml(next.key)}">${told.older}</a></p>`
    : `<p class="ash small">${told.end}</p>`;
  return shown(parts, visit, {
    ...{ title: told.title, about: told.about },
    inside: `<h1>${told.title}</h1><p class="ash">${told.about}</p>${
      list.length === 0 && !next && before === undefined
        ? `<p class="ash">${told.empty}</p>`
        : `<ol class="feed notified">${items}</ol>${older}${before === undefined ? '' : `<p><a href="/notifications">${words.toTop}</a></p>`}`
    }`,
  });
}
