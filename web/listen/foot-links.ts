import { element } from '../kit/element.ts';
import type { AllWords } from '../kit/words.ts';

/** Long after a page has loaded, ms: neither the page nor the first sound waits for it. */
const PAUSE_MS = 4_000;

/**
 * Has the browser keep the page that is shown without a connection, once it has nothing else to do; not where the
 * operator has switched it off, and not in pages of other sites.
 */
function keepOfflinePage(): void {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!workers || window.top !== window || !document.querySelector('link[rel=manifest]')) return;
  const register = (): void => {
    // Without it, the page works as before.
    workers.register('/service-worker.js', { updateViaCache: 'none' }).catch(() => undefined);
  };
  setTimeout(() => {
    if ('requestIdleCallback' in window) requestIdleCallback(register);
    else register();
  }, PAUSE_MS);
}

/**
 * Adds the ways to what was counted, and to the feed, at the foot of a page, and has the page for moments without a
 * connection kept; after what the sound needs.
 */
export function footLinks(words: AllWords): void {
  const links = [
    ['/posts', words.posts],
    ['/account', words.account],
    ['/claims', words.claims],
    ['/verify', words.verify],
    ['/incidents', words.incidents],
    ['/feed.xml', words.feed],
  ] as const;
  for (const [href, says] of links)
    document.querySelector('body > .foot p')?.append(' ', element('a', { href }, says));
  keepOfflinePage();
}
