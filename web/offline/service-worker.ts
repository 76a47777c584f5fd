/**
 * Shows the page of /offline where a page cannot be had, and reminders of rooms. It keeps that page and its script, and no
 * other answer of the server, so that nobody is left with an old version, and nothing of a private room stays behind.
 * Spec: Service Workers (W3C); Push API (W3C); Notifications API.
 */

/** What this script uses of a service worker's global scope, which the types of pages do not know. */
interface Scope {
  addEventListener(type: 'install' | 'activate', run: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', run: (event: Fetching) => void): void;
  addEventListener(type: 'push', run: (event: Pushed) => void): void;
  addEventListener(type: 'notificationclick', run: (event: Clicked) => void): void;
  addEventListener(type: 'pushsubscriptionchange', run: (event: SubscriptionChanged) => void): void;
  skipWaiting(): Promise<void>;
  readonly clients: Record<'claim', () => Promise<void>> & {
    matchAll(what: object): Promise<readonly { readonly url: string; focus(): Promise<unknown> }[]>;
    openWindow(url: string): Promise<unknown>;
  };
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

interface Pushed extends Extendable {
  readonly data: { json(): unknown } | null;
}
interface Clicked extends Extendable {
  readonly notification: Notification;
}
interface SubscriptionChanged extends Extendable {
  readonly oldSubscription?: PushSubscription | null;
  readonly newSubscription?: PushSubscription | null;
}
/** What a reminder says (`src/syndication/reminder/delivery.ts`); `{time}` and `{day}` stand for `at` where it is read. */
interface Reminder {
  readonly id: string;
  readonly tag: string;
  readonly language: string;
  readonly title: string;
  readonly body: string;
  readonly at?: number;
  readonly url: string;
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

/** The number at the end of a reminder's id: a later one is newer. */
const edition = (one: Reminder | undefined): number => Number(one?.id.split('.').at(-1) ?? 0);

/** A reminder that came is shown; one that came before, or is older than the one that is there, without a sound. */
async function remind(came: Reminder): Promise<void> {
  const [there] = (await scope.registration.getNotifications({ tag: came.tag })).map(
    ({ data }) => data as Reminder | undefined,
  );
  const isNews = !there || edition(came) > edition(there);
  // Something has to be shown for everything that came: browsers take the permission away otherwise.
  const told = isNews ? came : (there ?? came);
  const { at = 0, language: lang, tag } = told;
  const time = new Date(at).toLocaleTimeString(lang, { hour: '2-digit', minute: '2-digit' });
  const day = new Date(at).toLocaleString(lang, { dateStyle: 'full', timeStyle: 'short' });
  const body = told.body.replace('{time}', time).replace('{day}', day);
  const options = { tag, lang, body, data: told, silent: !isNews, renotify: isNews && there !== undefined };
  await scope.registration.showNotification(told.title, options);
}

/** Leads to the room: to the window that shows it, or a new one. */
async function follow({ url }: Reminder): Promise<void> {
  const to = new URL(url, location.origin);
  // Only our own pages, whatever came.
  if (to.origin !== location.origin) return;
  const windows = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const open = windows.find((one) => new URL(one.url).pathname === to.pathname);
  await (open ? open.focus() : scope.clients.openWindow(to.href));
}

/** The browser has made a new subscription: the server sends there from now on. */
async function moved({ oldSubscription, newSubscription }: SubscriptionChanged): Promise<void> {
  if (!oldSubscription) return;
  const to =
    newSubscription ?? (await scope.registration.pushManager.subscribe(oldSubscription.options as object));
  await fetch('/api/reminders/moved', {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ from: oldSubscription.endpoint, to }),
  });
}

scope.addEventListener('push', (event) => {
  if (event.data) event.waitUntil(remind(event.data.json() as Reminder));
});
scope.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(follow(event.notification.data as Reminder));
});
scope.addEventListener('pushsubscriptionchange', (event) => event.waitUntil(moved(event)));
