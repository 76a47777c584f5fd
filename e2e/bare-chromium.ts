/**
 * Chromium driven only by its own protocol. Playwright makes every page believe that it is visible, so it cannot test
 * hidden tabs.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One tab. */
export interface Tab {
  /** Evaluates an expression in the page, awaits promises, and returns the value as JSON. */
  run<T>(expression: string): Promise<T>;
  /** Sends a command of the browser's protocol to the tab. */
  send(method: string, params?: object): Promise<Record<string, unknown>>;
  /** Leads to another page, and waits until that is loaded. */
  go(url: string): Promise<void>;
  /** Puts it in front of the others of its window. */
  front(): Promise<void>;
  close(): Promise<void>;
}

/** How a tab is opened. */
export interface TabOptions {
  /** Commands that are sent to it before its page is loaded. */
  readonly before?: readonly (readonly [method: string, params: object])[];
  /** A profile of its own, with a window and cookies of its own; by `person`. */
  readonly person?: string;
}

/** A separate headless browser with several tabs in one window. */
export interface BareChromium extends AsyncDisposable {
  /** Opens a tab in front of the others. */
  tab(url: string, options?: TabOptions): Promise<Tab>;
}

interface Answer {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** Starts it. Sound needs no tap, and timers of hidden tabs are throttled as in normal use. */
export async function openBareChromium(flags: readonly string[] = []): Promise<BareChromium> {
  const profile = await mkdtemp(join(tmpdir(), 'earshot-bare-'));
  const child = spawn(
    process.env.CHROMIUM ?? '/usr/bin/chromium',
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      '--autoplay-policy=no-user-gesture-required',
      ...flags,
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const address = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stderr.on('data', (chunk) => {
      text += chunk;
      const found = /DevTools listening on (ws:\S+)/.exec(text)?.[1];
      if (found) resolve(found);
    });
    child.once('exit', () => reject(new Error(`chromium ended: ${text}`)));
  });
  const socket = new WebSocket(address);
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  const waiting = new Map<number, (answer: Answer) => void>();
  socket.addEventListener('message', ({ data }) => {
    const answer = JSON.parse(String(data)) as Answer;
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  const people = new Map<string, string>();
  let last = 0;
  const send = async (
    method: string,
    params: object,
    sessionId?: string,
  ): Promise<Record<string, unknown>> => {
    const id = ++last;
    const answer = await new Promise<Answer>((resolve) => {
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) }));
    });
    waiting.delete(id);
    if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result ?? {};
  };

  return {
    async tab(url, { before = [], person }: TabOptions = {}) {
      if (person !== undefined && !people.has(person)) {
        const { browserContextId } = await send('Target.createBrowserContext', {});
        people.set(person, String(browserContextId));
      }
      const browserContextId = person === undefined ? undefined : people.get(person);
      // Opened empty first, because an address given at once would load while the caller already evaluates expressions.
      const { targetId } = await send('Target.createTarget', {
        url: 'about:blank',
        ...(browserContextId === undefined ? {} : { browserContextId }),
      });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      await send('Target.activateTarget', { targetId });
      const go = async (to: string): Promise<void> => {
        const loaded = new Promise<void>((resolve) => {
          socket.addEventListener('message', function look({ data }) {
            const event = JSON.parse(String(data)) as { method?: string; sessionId?: string };
            if (event.method !== 'Page.loadEventFired' || event.sessionId !== sessionId) return;
            socket.removeEventListener('message', look);
            resolve();
          });
        });
        await send('Page.navigate', { url: to }, String(sessionId));
        await loaded;
      };
      await send('Page.enable', {}, String(sessionId));
      for (const [method, params] of before) await send(method, params, String(sessionId));
      await go(url);
      return {
        go,
        send: (method, params = {}) => send(method, params, String(sessionId)),
        front: async () => void (await send('Target.activateTarget', { targetId })),
        close: async () => void (await send('Target.closeTarget', { targetId })),
        async run<T>(expression: string) {
          const { result, exceptionDetails } = await send(
            'Runtime.evaluate',
            { expression, awaitPromise: true, returnByValue: true },
            String(sessionId),
          );
          if (exceptionDetails) throw new Error(JSON.stringify(exceptionDetails));
          return (result as { value: T }).value;
        },
      };
    },
    async [Symbol.asyncDispose]() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      await Promise.race([send('Browser.close', {}).catch(() => {}), gone]);
      await gone;
      await rm(profile, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}

/**
 * Opens a page in a tab that is behind another one before a second has passed since it was painted, by the page's own
 * clock: what was in front for longer, on a machine that stood still, was seen. It is tried again then, once that page
 * has told so.
 */
export async function hiddenAtOnce(bare: BareChromium, url: string): Promise<Tab> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const tab = await bare.tab(url);
    await bare.tab('about:blank');
    let inFront: number | null = null;
    for (let look = 0; look < 300 && inFront === null; look++) {
      inFront = await tab.run<number | null>(
        `(() => {
          if (document.visibilityState !== 'hidden') return null;
          const hidden = performance.getEntriesByType('visibility-state').findLast(({ name }) => name === 'hidden');
          const [painted] = performance.getEntriesByName('first-contentful-paint');
          return hidden && painted ? hidden.startTime - painted.startTime : 0;
        })()`,
      );
      if (inFront === null) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (inFront !== null && inFront < 900) return tab;
    await tab.run(`void (location.href = 'about:blank')`);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
  }
  throw new Error('no tab was hidden within a second');
}
