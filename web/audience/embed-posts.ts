/**
 * A post inside a page of another site loads this: it counts, and notices while it is read that the post was edited or
 * deleted. Nothing is asked while nobody looks, and less and less often while somebody does.
 */
import { openPostImpressions } from './post-impressions.ts';

const watchAll = openPostImpressions('embed-seen');

/** The first look comes after this long, or sooner where the post could not be read; each next one after twice as long, ms. */
const [FIRST_MS, SOON_MS, MOST_MS] = [60_000, 5_000, 480_000];

const post = (of: Document = document): HTMLElement | null => of.querySelector('main');
const version = (of: HTMLElement | null): string | undefined => of?.dataset['version'];
let wait = version(post()) ? FIRST_MS : SOON_MS;
let next = Date.now() + wait;

async function look(): Promise<void> {
  if (document.visibilityState === 'hidden' || Date.now() < next) return;
  // Not all frames of a page at once.
  wait = Math.min(MOST_MS, wait * (1.6 + Math.random() * 0.8));
  next = Date.now() + wait;
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html');
  const [now, then] = [post(), post(page)];
  if (!now || !then || !version(then) || version(then) === version(now)) return;
  now.replaceWith(then);
  document.title = page.title;
  [wait, next] = [FIRST_MS, Date.now() + FIRST_MS];
  watchAll();
}

const tick = (): void => void look().catch(() => undefined);
setInterval(tick, SOON_MS);
document.addEventListener('visibilitychange', () => {
  wait = FIRST_MS;
  next = Math.min(next, Date.now() + SOON_MS);
  tick();
});
