/** Listens inside a real Chromium: every decoded sample of a pure tone is checked against its own recurrence. */
import type { ServerResponse } from 'node:http';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build, type Rolldown } from 'vite';
import { QUIET_FLAGS } from './rig/browser.ts';
import { WATCH_STOPS } from './rig/stops.ts';
import { openToneServer, type ToneServer } from './tone-server.ts';

/** The sound in the page since the last call. */
export interface Heard {
  /** Samples examined at the audio graph. */
  readonly samples: number;
  /** Runs of at least 2 ms of silence after sound had begun. */
  readonly gaps: number;
  /** Samples of silence in gaps. */
  readonly silent: number;
  /** Largest deviation of a sample from the tone's recurrence, relative to the tone; the edges of gaps are no part of it. */
  readonly residual: number;
  /** Loudest sample. */
  readonly peak: number;
}

/** Starts Debian's Chromium; `blocked` keeps its rule that sound needs a tap. */
export function openChromium(blocked = false): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      ...QUIET_FLAGS,
      `--autoplay-policy=${blocked ? 'document-user-activation-required' : 'no-user-gesture-required'}`,
    ],
  });
}

const at = (file: string): string => new URL(`../web/player/${file}`, import.meta.url).pathname;

/** The player as one script that sets `window.openPlayer`, `nativePlayer` and `openReplay`. */
export async function bundlePlayer(): Promise<string> {
  const entry = 'virtual:entry';
  const result = (await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) =>
          id === entry
            ? `import { openPlayer, nativePlayer } from '${at('index.ts')}';
               import { openReplay } from '${at('replay.ts')}';
               Object.assign(window, { openPlayer, nativePlayer, openReplay });`
            : undefined,
      },
    ],
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      rolldownOptions: { input: entry, output: { codeSplitting: false } },
    },
  })) as Rolldown.RolldownOutput;
  return result.output[0].code;
}

/** A page that loads the player and can be listened to. */
const EAR_PAGE = `<!doctype html><meta charset="utf-8"><title>ear</title><script type="module" src="/player.js"></script>`;

/** The AudioWorklet that measures; its address is `/ear-worklet.js`. */
const EAR_WORKLET = `
const K = 2 * Math.cos(2 * Math.PI * 440 / sampleRate);
registerProcessor('ear', class extends AudioWorkletProcessor {
  a = 0; b = 0; begun = false; silent = 0; settle = 0; edge = 0;
  heard = { samples: 0, gaps: 0, silent: 0, residual: 0, peak: 0 };
  constructor() {
    super();
    this.port.onmessage = () => {
      this.port.postMessage(this.heard);
      this.heard = { samples: 0, gaps: 0, silent: 0, residual: 0, peak: 0 };
    };
  }
  process([[input]]) {
    if (!input) { this.silence(128); return true; }
    for (const x of input) {
      this.heard.samples++;
      this.heard.peak = Math.max(this.heard.peak, Math.abs(x));
      if (x === 0 && this.a === 0) this.silence(1);
      else {
        if (!this.begun) { this.begun = true; this.settle = 4800; }
        // No gap followed the last zero: it was a click.
        this.deviates(this.edge);
        this.silent = this.edge = 0;
        const off = Math.abs(x - K * this.a + this.b) / 0.125;
        if (this.settle > 0) this.settle--;
        // The first sample of a gap, or a click: what follows tells.
        else if (x === 0) this.edge = off;
        else this.deviates(off);
      }
      this.b = this.a; this.a = x;
    }
    return true;
  }
  deviates(off) { this.heard.residual = Math.max(this.heard.residual, off); }
  silence(n) {
    if (!this.begun) return;
    const before = this.silent;
    this.silent += n;
    if (before < 96 && this.silent >= 96) { this.heard.gaps++; this.heard.silent += this.silent; this.edge = 0; }
    else if (before >= 96) this.heard.silent += n;
    this.settle = 960;
  }
});`;

/**
 * Answers `/`, `/player.js` and `/ear-worklet.js` with that page for `player`, a script of `bundlePlayer`. False for
 * other paths.
 */
export function earPage(player: string): (path: string, response: ServerResponse) => boolean {
  const files: Readonly<Record<string, readonly [type: string, text: string]>> = {
    '/': ['text/html', EAR_PAGE],
    '/player.js': ['text/javascript', player],
    '/ear-worklet.js': ['text/javascript', EAR_WORKLET],
  };
  return (path, response) => {
    const file = files[path];
    if (file) response.writeHead(200, { 'content-type': file[0] }).end(file[1]);
    return file !== undefined;
  };
}

/** A tone server with that page; `period` is its write period in ms. */
export function openEarServer(player: string, period = 320): Promise<ToneServer> {
  const page = earPage(player);
  return openToneServer(period, (_, response, { pathname }) => page(pathname, response));
}

/**
 * Opens the player in the page and connects the measuring worklet, without playing. `open` names the function to call
 * instead of the one for the best player.
 */
export async function listenIn(page: Page, options: object, open = 'openPlayer'): Promise<void> {
  await page.waitForFunction(() => 'openPlayer' in window);
  await page.evaluate(
    async ([given, how, watch]) => {
      const scope = window as any;
      const { slug, from, fromCaches } = given as any;
      const player =
        how === 'openPlayer'
          ? scope.openPlayer(fromCaches ? { ...given, fromCaches: () => fromCaches } : given)
          : how === 'openReplay'
            ? scope.openReplay(slug, new Audio(), from)
            : scope.nativePlayer(given, new Audio());
      scope.player = player;
      const graph = new AudioContext({ sampleRate: 48_000 });
      await graph.audioWorklet.addModule('/ear-worklet.js');
      const ear = new AudioWorkletNode(graph, 'ear');
      graph.createMediaElementSource(player.audio).connect(ear);
      ear.connect(graph.destination);
      scope.graph = graph;
      scope.heard = () =>
        new Promise((resolve) => {
          ear.port.onmessage = (event) => resolve(event.data);
          ear.port.postMessage('tell');
        });
      // A worker of the page: what the page does itself does not make it late, only a processor that is not there.
      const clock = new Worker(URL.createObjectURL(new Blob([watch], { type: 'text/javascript' })));
      scope.stops = 0;
      clock.onmessage = ({ data }) => {
        scope.stops += data;
      };
    },
    [options, open, WATCH_STOPS] as const,
  );
}

/** The sound since the last call, the player's statistics, and how often the browser had no processor since `listenIn`. */
export const heard = (page: Page): Promise<Heard & { stats: any; stops: number }> =>
  page.evaluate(async () => ({
    ...(await (window as any).heard()),
    stats: (window as any).player.stats?.(),
    stops: (window as any).stops,
  }));
