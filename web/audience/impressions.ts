/** When a card was seen: at least half of it, in a visible tab, for a second without a break; once per page view. */

/** Time for which a card must be visible to count as seen, ms. */
export const SEEN_MS = 1_000;
/** The share of a card's area that has to be seen. */
const HALF = 0.5;
/** How often a card that is being seen is looked at, ms: something may cover it without moving it. */
const LOOK_MS = 100;
/** A card is looked at in so many points each way. */
const POINTS = 8;

/** The part of a card that is visible now, 0 to 1: inside the window and the zoomed area, and not covered. */
export function shareSeen(card: Element): number {
  const box = card.getBoundingClientRect();
  const { offsetLeft = 0, offsetTop = 0, width = innerWidth, height = innerHeight } = visualViewport ?? {};
  if (box.width <= 0 || box.height <= 0) return 0;
  const [left, right] = [Math.max(box.left, offsetLeft), Math.min(box.right, offsetLeft + width)];
  const [top, bottom] = [Math.max(box.top, offsetTop), Math.min(box.bottom, offsetTop + height)];
  if (right <= left || bottom <= top) return 0;
  let uncovered = 0;
  for (let row = 0; row < POINTS; row++) {
    for (let column = 0; column < POINTS; column++) {
      const x = left + ((column + 0.5) / POINTS) * (right - left);
      const y = top + ((row + 0.5) / POINTS) * (bottom - top);
      const hit = document.elementFromPoint(x, y);
      // An ancestor lies behind the card: it is hit where the corner is round, or where the card lets points through.
      if (hit && (card.contains(hit) || hit.contains(card))) uncovered++;
    }
  }
  const inside = ((right - left) * (bottom - top)) / (box.width * box.height);
  return (inside * uncovered) / POINTS ** 2;
}

/** Measures for how long one card has been visible without a break. */
export class SeenFor {
  #since: number | undefined;

  /** From `now` on (monotonic ms) this share of the card is seen; true when it has been enough for long enough. */
  look(now: number, share: number): boolean {
    const since = this.#since;
    if (share < HALF) this.#since = undefined;
    else this.#since ??= now;
    return since !== undefined && now - since >= SEEN_MS;
  }
}

/** The cards of a page that are being watched. */
export interface CardWatch {
  /** Watches the card of a room from now on, in place of the one that it had. */
  watch(slug: string, card: Element): void;
  /** Forgets cards that are no longer on the page. */
  sweep(): void;
  /** A new page view begins: every card counts anew, from its next second on. */
  again(): void;
}

/** Watches cards; `seen` is called once for each room and page view. */
export function openCardWatch(seen: (slug: string) => void): CardWatch {
  const counted = new Set<string>();
  const cards = new Map<string, { readonly card: Element; readonly time: SeenFor }>();
  const slugs = new WeakMap<Element, string>();
  /** Rooms of which half a card is within the window. */
  const near = new Set<string>();
  let timer: ReturnType<typeof setInterval> | undefined;
  let printing = false;

  const look = (slug: string, now: number, share: number): void => {
    if (!cards.get(slug)?.time.look(now, share)) return;
    counted.add(slug);
    drop(slug);
    seen(slug);
  };
  const isShown = (): boolean => document.visibilityState === 'visible' && !printing;
  const lookAll = (): void => {
    const shown = isShown();
    for (const slug of [...near]) {
      const card = cards.get(slug)?.card;
      if (card) look(slug, performance.now(), shown ? shareSeen(card) : 0);
    }
    if (near.size > 0 && shown) timer ??= setInterval(lookAll, LOOK_MS);
    else {
      clearInterval(timer);
      timer = undefined;
    }
  };
  // The browser says when half of a card came into the window and when it left, to the frame.
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, intersectionRatio, time } of entries) {
        const slug = slugs.get(target);
        if (slug === undefined || cards.get(slug)?.card !== target) continue;
        if (intersectionRatio >= HALF) {
          near.add(slug);
          // From when the browser saw it, which may be before it says so.
          look(slug, time, isShown() ? shareSeen(target) : 0);
        } else {
          near.delete(slug);
          look(slug, time, 0);
        }
      }
      lookAll();
    },
    { threshold: [0, 0.25, HALF, 0.75, 1] },
  );
  const drop = (slug: string): void => {
    const known = cards.get(slug);
    if (known) observer.unobserve(known.card);
    cards.delete(slug);
    near.delete(slug);
  };
  document.addEventListener('visibilitychange', lookAll);
  for (const name of ['beforeprint', 'afterprint'])
    addEventListener(name, () => {
      printing = name === 'beforeprint';
      lookAll();
    });
  return {
    watch(slug, card) {
      const before = cards.get(slug);
      if (counted.has(slug) || before?.card === card) return;
      if (before) observer.unobserve(before.card);
      // A card that is drawn anew is the same card: whether it is still seen, the next look says.
      cards.set(slug, { card, time: before?.time ?? new SeenFor() });
      slugs.set(card, slug);
      observer.observe(card);
    },
    again() {
      counted.clear();
      for (const slug of [...cards.keys()]) drop(slug);
    },
    sweep() {
      for (const [slug, { card }] of cards) if (!card.isConnected) drop(slug);
    },
  };
}
