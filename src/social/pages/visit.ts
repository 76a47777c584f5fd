import { refusedNote } from '../../form/index.ts';
import { originOf } from '../../http/index.ts';
import type { AccountCard } from '../../wire/account.ts';
import { roomsIn } from '../api/shown.ts';
import type { SocialParts } from '../parts.ts';
import type { Profile } from '../people/profiles.ts';
import type { Post } from '../posts/post.ts';
import { postKeyOf } from '../posts/post-key.ts';
import type { SocialPage } from '../social-deps.ts';
import type { SocialWords } from '../words/social-words.ts';
import { pageAnswer, socialWords } from './answer.ts';
import { countedOf } from './post-counted.ts';
import type { PostDrawing } from './post-view.ts';

/** One request to a page, and who sends it. */
export interface SocialVisit {
  readonly request: Request;
  readonly url: URL;
  readonly words: SocialWords;
  readonly account?: AccountCard | undefined;
  readonly profile?: Profile | undefined;
  /** Notifications that came after their last look. */
  readonly unseen: number;
}

/** What an answer has beside its page. */
export interface AnswerExtras {
  readonly status?: number;
  readonly headers?: Record<string, string>;
}

/** What comes back with a page when a form was refused. */
export interface Returned {
  readonly wrong?: string | undefined;
  readonly sent?: URLSearchParams | undefined;
}

/** Who comes to a page. */
export async function visitOf(
  { deps, profiles, notifications }: SocialParts,
  request: Request,
): Promise<SocialVisit> {
  const account = await deps.account(request);
  const profile = account && (await profiles.of(account.id));
  if (account && profile) await profiles.visited(account.id, account.name);
  const unseen = account && profile ? await notifications.unseen(account.id) : 0;
  const words = socialWords(request, account?.language);
  return { request, url: new URL(request.url), words, account, profile, unseen };
}

/** Ways between these pages; where one is, is marked. */
export function navHtml({ words, account, profile, url, unseen }: SocialVisit): string {
  const { told } = words;
  const ways: [path: string, text: string][] = [
    ...(profile ? [['/following', words.following] as [string, string]] : []),
    ['/posts', words.here],
    ['/search', words.search],
    ...(profile
      ? [
          ['/notifications', `${told.title}${unseen === 0 ? '' : ` (${told.unseen(unseen)})`}`] as [
            string,
            string,
          ],
        ]
      : []),
    ...(account ? [['/compose', words.write] as [string, string]] : []),
    ...(profile ? [[`/@${profile.handle}`, words.ownPage] as [string, string]] : []),
    ...(account ? [['/settings', told.settings] as [string, string]] : []),
    ...(account ? [['/account', told.account] as [string, string]] : []),
    ...(account ? [] : [['/sign-in', words.signIn] as [string, string]]),
  ];
  const links = ways.map(
    ([path, text]) =>
      `<li><a href="${path}"${url.pathname === path ? ' aria-current="page"' : ''}>${text}</a></li>`,
  );
  return `<nav aria-label="${words.nav}"><ul class="ways">${links.join('')}</ul></nav>`;
}

/** A page inside its frame. */
export function shown(
  { deps }: SocialParts,
  visit: SocialVisit,
  page: Omit<SocialPage, 'path' | 'main'> & { readonly inside: string; readonly path?: string },
  { status = 200, headers = {} }: AnswerExtras = {},
): Response {
  const { inside, path = visit.url.pathname, ...rest } = page;
  const preview = { spoken: originOf(visit.request), ...page.preview };
  const main = `<main class="page people social">${navHtml(visit)}${inside}</main>`;
  return pageAnswer(deps, visit.words, { ...rest, path, main, preview }, status, headers);
}

/** A page that says why there is nothing. */
export const refusal = (
  parts: SocialParts,
  visit: SocialVisit,
  says: string,
  status: number,
  headers: Record<string, string> = {},
): Response =>
  shown(
    parts,
    visit,
    {
      ...{ title: visit.words.nav, about: says },
      // Nothing was refused where nothing is.
      inside: status === 404 ? `<h1>${says}</h1>` : `<h1>${visit.words.nav}</h1>${refusedNote(says)}`,
    },
    { status, headers },
  );

/** What posts of a page are drawn with. */
export async function drawingOf(
  parts: SocialParts,
  visit: SocialVisit,
  posts: readonly Post[],
): Promise<PostDrawing> {
  const { words, profile, url } = visit;
  const cards = await parts.rooms.cards(roomsIn(posts));
  return {
    ...{ words, acts: profile !== undefined, back: `${url.pathname}${url.search}` },
    ...{ rooms: cards, counted: await countedOf(parts, visit.account, posts, cards) },
  };
}

/** The number of a post in a query, such as `?before=`; undefined when it is none. */
export const keyIn = (url: URL, name: string): number | undefined =>
  postKeyOf(url.searchParams.get(name) ?? '');

/** Seconds to wait before `account` may act once more; undefined: none. */
export const waitFor = (
  { paces }: SocialParts,
  kind: 'posts' | 'acts',
  account: AccountCard,
): number | undefined => paces[kind].take(undefined, account.id);
