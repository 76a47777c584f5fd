/** What a page must tell of the posts on it, worked out from their places alone, frame by frame. */

/** One page view as it was. */
export interface PageView {
  readonly path: string;
  /** For how long without a break half of each post was within the visible window, ms. */
  readonly runs: readonly (readonly [post: string, ms: number])[];
  /** It was visible at all. */
  readonly shown: boolean;
  /** The longest time between two frames, ms: nobody can know what happened within it. */
  readonly longest: number;
}

/**
 * Runs in every page from its beginning: writes down for how long each post was in view. It knows nothing of the marks that
 * the page has for counting: a post is whoever its date links to.
 */
export function watchPosts(): void {
  interface View {
    runs: [string, number][];
    shown: boolean;
    longest: number;
  }
  const fresh = (): View => ({ runs: [], shown: document.visibilityState === 'visible', longest: 0 });
  let view = fresh();
  let views: View[] = [view];
  const since = new Map<Element, { post: string; at: number }>();
  let last = performance.now();
  const stop = (card: Element, now: number): void => {
    const run = since.get(card);
    if (run) view.runs.push([run.post, now - run.at]);
    since.delete(card);
  };
  const stopAll = (now: number): void => {
    for (const card of [...since.keys()]) stop(card, now);
  };
  const look = (): void => {
    const now = performance.now();
    if (document.visibilityState === 'visible') {
      view.shown = true;
      view.longest = Math.max(view.longest, now - last);
      for (const card of document.querySelectorAll('article.post, blockquote.quoted')) {
        const link = card.querySelector(':scope > header p a');
        const post = link?.getAttribute('href')?.split('/')[2];
        if (post === undefined) continue;
        const box = card.getBoundingClientRect();
        const wide = Math.min(box.right, innerWidth) - Math.max(box.left, 0);
        const high = Math.min(box.bottom, innerHeight) - Math.max(box.top, 0);
        const share = (Math.max(0, wide) * Math.max(0, high)) / (box.width * box.height);
        if (share < 0.5) stop(card, now);
        else if (!since.has(card)) since.set(card, { post, at: now });
      }
    }
    last = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  document.addEventListener('visibilitychange', () => {
    last = performance.now();
    if (document.visibilityState === 'hidden') stopAll(last);
    else view.shown = true;
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    since.clear();
    last = performance.now();
    view = fresh();
    views = [view];
  });
  Object.assign(window, {
    takeViews() {
      const now = performance.now();
      const runs = [...since.values()].map(({ post, at }): [string, number] => [post, now - at]);
      return views.map((one) => ({
        ...one,
        path: location.pathname,
        runs: one === view ? [...one.runs, ...runs] : one.runs,
      }));
    },
  });
}

/** How often an event must have happened: at least, and at most. */
export interface Expected {
  least: number;
  most: number;
}

/** What all page views together must have been counted as, by post. */
export class SeenPosts {
  readonly seen = new Map<string, Expected>();
  readonly opened = new Map<string, Expected>();
  /** Pairs of a page view and a post: all, those that count, and those too close to a second to be told. */
  readonly pairs = { all: 0, counted: 0, unsure: 0 };

  /** Takes a page view of somebody to whom the posts of `own` do not count. */
  take({ path, runs, shown, longest }: PageView, own: (post: string) => boolean): void {
    const within = 60 + longest;
    for (const post of new Set(runs.map(([one]) => one))) {
      if (own(post)) continue;
      const most = Math.max(...runs.filter(([one]) => one === post).map(([, ms]) => ms));
      const unsure = Math.abs(most - 1_000) < within;
      this.pairs.all += 1;
      if (unsure) this.pairs.unsure += 1;
      else if (most >= 1_000) this.pairs.counted += 1;
      add(this.seen, post, most >= 1_000 && !unsure, unsure);
    }
    const [, name = '', post] = path.split('/');
    if (name.startsWith('@') && post !== undefined && shown && !own(post))
      add(this.opened, post, true, false);
  }
}

function add(to: Map<string, Expected>, post: string, surely: boolean, perhaps: boolean): void {
  const known = to.get(post) ?? { least: 0, most: 0 };
  if (surely) known.least += 1;
  if (surely || perhaps) known.most += 1;
  to.set(post, known);
}
