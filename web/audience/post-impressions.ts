/** Tells which posts of a page were seen and opened. Marks are beside the posts that count for whoever looks. */
import { MOST_POST_EVENTS, type PostEvent, type PostEventBatch } from '../../src/wire/posts/post-events.ts';
import { isOperator } from '../kit/operator-key.ts';
import { openCardWatch } from './impressions.ts';
import { asksForPrivacy, randomKey } from './random-key.ts';

/** Events wait this long for others, ms. */
const GATHER_MS = 1_500;

/** Sends events of posts, with the key of the page view in which they happened. */
export function openPostEvents(): { add(event: PostEvent): void; newView(): void } {
  let view = randomKey();
  let waiting: PostEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    while (waiting.length > 0) {
      const batch: PostEventBatch = { v: 1, view, events: waiting.splice(0, MOST_POST_EVENTS) };
      // Text, so that no question goes ahead of it; what a browser refuses to queue is lost.
      navigator.sendBeacon('/post-events', JSON.stringify(batch));
    }
  };
  addEventListener('pagehide', flush);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') flush();
  });
  return {
    add(event) {
      waiting.push(event);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    newView() {
      flush();
      waiting = [];
      view = randomKey();
    },
  };
}

/** The post that a mark is of. */
const postOf = (mark: string): string => mark.slice(0, mark.indexOf('.'));

/**
 * Watches all posts of the page; `seen`: what a look at one is called. A page that a browser shows again when one goes back
 * is a new page view, whether the browser had kept it or loads it again. Returns a function that looks for new posts.
 */
export function openPostImpressions(seen: 'seen' | 'embed-seen'): () => void {
  if (asksForPrivacy() || isOperator()) return () => {};
  const events = openPostEvents();
  const told = new Set<string>();
  const tell = (name: PostEvent[0], mark: string): void => {
    const what = `${name} ${postOf(mark)}`;
    if (told.has(what)) return;
    told.add(what);
    events.add([name, mark]);
  };
  // A post may be on a page twice; each of its cards is watched.
  const names = new WeakMap<Element, string>();
  let many = 0;
  const watch = openCardWatch((name) => tell(seen, name.slice(0, name.indexOf(' '))));
  const watchAll = (): void => {
    for (const card of document.querySelectorAll<HTMLElement>('[data-mark]')) {
      const name = names.get(card) ?? `${card.dataset['mark']} ${many++}`;
      names.set(card, name);
      watch.watch(name, card);
    }
    watch.sweep();
  };
  const opened = (): void => {
    const mark = document.querySelector<HTMLElement>('[data-opened]')?.dataset['mark'];
    if (mark !== undefined && document.visibilityState === 'visible') tell('opened', mark);
  };
  document.addEventListener('visibilitychange', opened);
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    events.newView();
    told.clear();
    watch.again();
    watchAll();
    opened();
  });
  watchAll();
  opened();
  return watchAll;
}
