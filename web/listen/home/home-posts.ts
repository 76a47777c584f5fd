/** Posts below the rooms: the site answers with what whoever looks may read, and without it the ways there stay. */
import { element } from '../../kit/element.ts';
import type { AllWords } from '../../kit/words.ts';

/** Nobody waits longer for posts than this, ms. */
const WAIT_MS = 8_000;

/** The place for posts, which are fetched once it comes near the window: rooms need nothing of it. */
export function homePosts(words: AllWords): HTMLElement {
  const place = element(
    'section',
    { class: 'posts', 'aria-labelledby': 'posts-title' },
    element('h2', { id: 'posts-title' }, words.posts),
    element(
      'p',
      {},
      element('a', { href: '/posts' }, words.postsHere),
      ' · ',
      element('a', { href: '/following' }, words.postsFollowed),
    ),
  );
  const ask = async (): Promise<void> => {
    place.setAttribute('aria-busy', 'true');
    try {
      const [answer, { showPosts }] = await Promise.all([
        fetch('/posts/home', {
          headers: { 'accept-language': words.locale },
          signal: AbortSignal.timeout(WAIT_MS),
        }),
        import('./shown-posts.ts'),
      ]);
      // Only what this server wrote for this place: a page of refusals has other words.
      if (answer.ok && answer.headers.get('content-type')?.startsWith('text/html'))
        showPosts(place, await answer.text());
    } catch {
      // The ways to the posts stay.
    }
    place.removeAttribute('aria-busy');
  };
  // Somebody who comes back to a post, such as after a like, wants it at once.
  if (location.hash.startsWith('#p-')) void ask();
  else {
    const near = new IntersectionObserver(
      (entries) => {
        if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
        near.disconnect();
        void ask();
      },
      { rootMargin: '600px' },
    );
    near.observe(place);
  }
  return place;
}
