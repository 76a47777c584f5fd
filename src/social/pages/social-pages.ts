import { goOn } from '../../form/index.ts';
import { isForeign } from '../../http/index.ts';
import { postPath } from '../api/shown.ts';
import type { SocialParts } from '../parts.ts';
import { postKeyOf } from '../posts/post-key.ts';
import { HANDLE } from '../text/facets.ts';
import { composePage, sendCompose } from './compose-page.ts';
import { openHomePosts } from './home-posts.ts';
import { followingPage, herePage, searchPage } from './list-pages.ts';
import { notificationsPage } from './notifications-page.ts';
import { actOnPost } from './post-acts.ts';
import { noPost, postPage } from './post-page.ts';
import { actOnProfile } from './profile-acts.ts';
import { profilePage } from './profile-page.ts';
import { sentForm } from './sent-form.ts';
import { changeSettings, settingsPage } from './settings-page.ts';
import { refusal, type SocialVisit, visitOf } from './visit.ts';

/** Where a post is whose author is not named, and where somebody's page was typed in capital letters. */
const moved = (url: URL, path: string): Response => goOn(`${path}${url.search}`, 301);

/** Opens the pages: all of them work without scripts. */
export function openSocialPages(parts: SocialParts): (request: Request) => Promise<Response> {
  async function ofPerson(
    visit: SocialVisit,
    name: string,
    sent: URLSearchParams | undefined,
  ): Promise<Response> {
    const handle = name.toLowerCase();
    if (handle !== name && HANDLE.test(handle)) return moved(visit.url, `/@${handle}`);
    const profile = await parts.profiles.byHandle(handle);
    if (!profile) return refusal(parts, visit, visit.words.nobodyHere, 404);
    return sent ? actOnProfile(parts, visit, profile, sent) : profilePage(parts, visit, profile);
  }
  async function ofPost(
    visit: SocialVisit,
    name: string,
    id: string,
    sent: URLSearchParams | undefined,
  ): Promise<Response> {
    const key = postKeyOf(id.toLowerCase());
    const post = key === undefined ? undefined : await parts.reader.one(key, visit.account?.id);
    if (!post) return noPost(parts, visit);
    // A repost has no page of its own.
    if (post.reposted) return goOn(postPath(post.reposted));
    const path = postPath(post);
    if (path !== `/@${name}/${id}` && !sent) return moved(visit.url, path);
    return sent ? actOnPost(parts, visit, post, sent) : postPage(parts, visit, post);
  }
  const homePosts = openHomePosts(parts);
  return async (request) => {
    if (new URL(request.url).pathname === '/posts/home') return homePosts(request);
    const visit = await visitOf(parts, request);
    const { words, url } = visit;
    let sent: URLSearchParams | undefined;
    if (request.method === 'POST') {
      if (isForeign(request, parts.deps.publicUrl)) return refusal(parts, visit, words.foreign, 403);
      const form = await sentForm(parts, visit);
      if (!form) return refusal(parts, visit, words.unread, 413);
      if (form instanceof Response) return form;
      sent = form;
    }
    const [, first = '', second] = url.pathname.split('/');
    if (first === 'following') return followingPage(parts, visit);
    if (first === 'posts') return herePage(parts, visit);
    if (first === 'notifications') return notificationsPage(parts, visit);
    if (first === 'settings') return sent ? changeSettings(parts, visit, sent) : settingsPage(parts, visit);
    if (first === 'search') return searchPage(parts, visit);
    if (first === 'compose') return sent ? sendCompose(parts, visit, sent) : composePage(parts, visit);
    const name = first.slice(1);
    return second === undefined ? ofPerson(visit, name, sent) : ofPost(visit, name, second, sent);
  };
}
