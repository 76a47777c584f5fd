import { element } from '../kit/element.ts';
import type { AllWords } from '../kit/words.ts';

/** Long after a page has loaded, ms: neither the page nor the first sound waits for it. */
const PAUSE_MS = 4_000;

/** Runs `work` once the browser has nothing else to do. */
function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work);
  else work();
}

/**
 * Has the browser keep the page that is shown without a connection, once it has nothing else to do; not in pages of other
 * sites. Where the operator has switched it off, a browser that has it asks at once what is to become of it: by itself it
 * asks a second after a page has loaded, and each new page begins that second again.
 */
function keepOfflinePage(): void {
  const workers = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!workers || window.top !== window) return;
  // Without any of this, the page works as before.
  const ignore = (): undefined => undefined;
  if (document.querySelector('link[rel=manifest]'))
    setTimeout(() => {
      whenIdle(() => workers.register('/service-worker.js', { updateViaCache: 'none' }).catch(ignore));
    }, PAUSE_MS);
  else
    whenIdle(() =>
      workers
        .getRegistration()
        .then((worker) => worker?.update())
        .catch(ignore),
    );
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
