/** Chromium driven by its own protocol only: playwright tells every page that it is visible, so it cannot test hidden tabs. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One tab. */
export interface Tab {
  /** Evaluates an expression in the page, awaiting promises; the value comes back as JSON. */
  run<T>(expression: string): Promise<T>;
}

/** A browser of its own, headless, with as many tabs in one window as one opens. */
export interface BareChromium extends AsyncDisposable {
  /** Opens a tab in front of the others. */
  tab(url: string): Promise<Tab>;
}

interface Answer {
  readonly id?: number;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

/** Starts it; sound needs no tap and timers of hidden tabs are throttled as in real life. */
export async function openBareChromium(): Promise<BareChromium> {
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
    async tab(url) {
      // Opened empty first: an address given at once is loaded under the feet of whoever asks the page something.
      const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      await send('Target.activateTarget', { targetId });
      const loaded = new Promise<void>((resolve) => {
        socket.addEventListener('message', function look({ data }) {
          const event = JSON.parse(String(data)) as { method?: string; sessionId?: string };
          if (event.method !== 'Page.loadEventFired' || event.sessionId !== sessionId) return;
          socket.removeEventListener('message', look);
          resolve();
        });
      });
      await send('Page.enable', {}, String(sessionId));
      await send('Page.navigate', { url }, String(sessionId));
      await loaded;
      return {
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
