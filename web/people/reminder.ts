/** Subscribes this browser to the reminders of a room, and ends that again. The page's other ways need no script. */

const box = document.querySelector<HTMLElement>('[data-remind]');
const status = box?.querySelector<HTMLElement>('[role=status]');
const start = box?.querySelector<HTMLButtonElement>('[data-start]');
const leave = box?.querySelector<HTMLButtonElement>('[data-leave]');
const room = box?.dataset['remind'] ?? '';

/** The reminders that this browser has asked for, by room; a browser that stores nothing has none to end here. */
const KEPT = 'earshot-reminders';
function kept(): Record<string, string> {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? '{}') as Record<string, string>;
  } catch {
    return {};
  }
}
function keep(id: string | undefined): void {
  const { [room]: _before, ...rest } = kept();
  try {
    localStorage.setItem(KEPT, JSON.stringify(id === undefined ? rest : { ...rest, [room]: id }));
  } catch {
    // The reminder is there all the same.
  }
}

function say(what: string, wrong = false): void {
  if (!status) return;
  status.className = wrong ? 'bad' : 'told';
  status.textContent = box?.dataset[what] ?? '';
}
function show(isOn: boolean): void {
  if (start) start.hidden = isOn;
  if (leave) leave.hidden = !isOn;
}

/** A browser that does not reach its push service may never answer. */
const PATIENCE_MS = 15_000;
const inTime = <T>(work: Promise<T>): Promise<T> =>
  Promise.race([
    work,
    new Promise<never>((_resolve, reject) => setTimeout(() => reject(new Error('no answer')), PATIENCE_MS)),
  ]);

async function subscription(): Promise<PushSubscription> {
  const workers = navigator.serviceWorker;
  await workers.register('/service-worker.js', { updateViaCache: 'none' });
  const { pushManager } = await workers.ready;
  const key = box?.dataset['key'] ?? '';
  const before = await pushManager.getSubscription();
  const bytes = Uint8Array.from(atob(key.replaceAll('-', '+').replaceAll('_', '/')), (letter) =>
    letter.charCodeAt(0),
  );
  const used = new Uint8Array(before?.options.applicationServerKey ?? new ArrayBuffer(0));
  // Of a server that had another secret: nothing that we send would be taken.
  if (before && used.length === bytes.length && used.every((byte, at) => byte === bytes[at])) return before;
  await before?.unsubscribe();
  return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes });
}

async function remind(): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') return say('denied', true);
  say('asking');
  const { endpoint, keys } = (await inTime(subscription())).toJSON();
  const language = document.documentElement.lang === 'fr' ? 'fr' : 'en';
  const answer = await fetch(`/api/rooms/${room}/reminders`, {
    ...{ method: 'POST', cache: 'no-store', body: JSON.stringify({ endpoint, keys, language }) },
    headers: { 'content-type': 'application/json' },
  });
  if (answer.status === 429) return say('full', true);
  if (!answer.ok) return say('failed', true);
  keep(((await answer.json()) as { id: string }).id);
  show(true);
  say('on');
}

async function end(): Promise<void> {
  const id = kept()[room] ?? '';
  const answer = await fetch(`/api/reminders/${encodeURIComponent(id)}`, { method: 'DELETE' });
  if (!answer.ok && answer.status !== 404) return say('failed', true);
  keep(undefined);
  // Nothing else of this site is to reach this browser.
  if (Object.keys(kept()).length === 0)
    await (await navigator.serviceWorker.ready).pushManager
      .getSubscription()
      .then((one) => one?.unsubscribe())
      .catch(() => undefined);
  show(false);
  say('left');
  start?.focus();
}

/** Times as the reader's clocks show them; without scripts they stand in UTC. */
for (const time of document.querySelectorAll<HTMLTimeElement>('time[data-local]')) {
  const day = { weekday: 'long', day: 'numeric', month: 'long' } as const;
  const clock = { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } as const;
  const locale = document.documentElement.lang === 'fr' ? 'fr' : 'en-GB';
  time.textContent = new Date(time.dateTime).toLocaleString(
    locale,
    time.dataset['local'] === 'when' ? { ...day, ...clock } : clock,
  );
}

if (box && start && leave) {
  box.hidden = false;
  const able = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  const isApple =
    /iPhone|iPad/.test(navigator.userAgent) ||
    (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
  const press = (work: () => Promise<void>) => (): void => {
    start.disabled = leave.disabled = true;
    say('');
    work()
      .catch(() => say('failed', true))
      .finally(() => {
        start.disabled = leave.disabled = false;
      });
  };
  if (able) {
    const isOn = kept()[room] !== undefined && Notification.permission === 'granted';
    show(isOn);
    if (isOn) say('on');
    start.addEventListener('click', press(remind));
    leave.addEventListener('click', press(end));
  } else {
    start.hidden = true;
    say(isApple ? 'ios' : 'unable');
  }
}

export {};
