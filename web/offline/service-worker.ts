/**
 * Shows the page of /offline where a page cannot be had, and does nothing else: it keeps that page and its script, and no
 * other answer of the server, so that nobody is left with an old version, and nothing of a private room stays behind.
 * Spec: Service Workers (W3C).
 */

/** What this script uses of a service worker's global scope, which the types of pages do not know. */
interface Scope {
  addEventListener(type: 'install' | 'activate', run: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', run: (event: Fetching) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: Record<'claim', () => Promise<void>>;
  readonly registration: ServiceWorkerRegistration;
}
interface Extendable {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  /** The answer that the browser has asked for while this script was being started. */
  readonly preloadResponse: Promise<Response | undefined>;
  respondWith(answer: Promise<Response>): void;
}

const scope = globalThis as unknown as Scope;
const PAGE = '/offline';
const KEPT = [PAGE, '/_/offline.js'];
const CACHE = 'earshot-offline';

async function keep(): Promise<void> {
  const cache = await caches.open(CACHE);
  await cache.addAll(KEPT.map((url) => new Request(url, { cache: 'reload', credentials: 'omit' })));
}

async function answer({ request, preloadResponse }: Fetching): Promise<Response> {
  try {
    return (await preloadResponse) ?? (await fetch(request));
  } catch (error) {
    const kept = await caches.match(PAGE);
    if (kept) return kept;
    throw error;
  }
}

scope.addEventListener('install', (event) => event.waitUntil(keep().then(() => scope.skipWaiting())));
scope.addEventListener('activate', (event) => {
  // Without it, each page would wait until this script is started.
  event.waitUntil(
    Promise.all([scope.registration.navigationPreload?.enable(), scope.clients.claim()]).catch(
      () => undefined,
    ),
  );
});
scope.addEventListener('fetch', (event) => {
  const { request } = event;
  const { pathname } = new URL(request.url);
  // A page in a window. Sound, files, and everything that a page loads itself never pass through here.
  const isPage = request.mode === 'navigate' && request.destination === 'document';
  if (isPage && request.method === 'GET' && !/\.\w+$|\/stream$|^\/api\//.test(pathname))
    event.respondWith(answer(event));
  else if (pathname === KEPT[1])
    event.respondWith(
      fetch(request).catch(async (error) => (await caches.match(pathname)) ?? Promise.reject(error)),
    );
});
