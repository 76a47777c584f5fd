/** Shows posts that came later than the page, and counts those that are seen. */
import '../../kit/social.css';
import { openPostImpressions } from '../../audience/post-impressions.ts';

/** Puts the posts of `html` into `place`, as the site wrote them. */
export function showPosts(place: HTMLElement, html: string): void {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  place.classList.add('social');
  // Each list in it has its own title.
  place.removeAttribute('aria-labelledby');
  place.replaceChildren(...body.childNodes);
  openPostImpressions('seen');
  const wanted = location.hash.startsWith('#p-') && document.getElementById(location.hash.slice(1));
  if (wanted) wanted.scrollIntoView();
}
