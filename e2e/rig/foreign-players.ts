/** Pages on which other players play an address, embedded in the usual way. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

/** The player: the browser itself, or a library. */
export type ForeignPlayer = 'native' | 'hls.js' | 'shaka' | 'video.js';

const SCRIPTS: Readonly<Record<string, string>> = {
  '/hls.js': 'hls.js/dist/hls.min.js',
  '/shaka.js': 'shaka-player',
  '/video.js': 'video.js/dist/video.min.js',
};

const scriptOf = (name: string): string | undefined => {
  const found = SCRIPTS[name];
  return found === undefined ? undefined : readFileSync(fileURLToPath(import.meta.resolve(found)), 'utf8');
};

/** How each starts to play `source` on the element `audio`. */
const BEGIN: Readonly<Record<ForeignPlayer, string>> = {
  native: 'audio.src = source;',
  'hls.js':
    'const hls = new Hls(); hls.on(Hls.Events.ERROR, (_, data) => { if (data.fatal) said("fatal " + data.details); });' +
    'hls.loadSource(source); hls.attachMedia(audio);',
  shaka:
    'const player = new shaka.Player(); player.addEventListener("error", (e) => said("fatal " + e.detail.code));' +
    'player.attach(audio).then(() => player.load(source)).catch((e) => said("fatal " + e.code));',
  'video.js':
    'const player = videojs(audio, { html5: { vhs: { overrideNative: true } } });' +
    'player.on("error", () => said("fatal " + player.error()?.message)); player.src({ src: source, type: "application/x-mpegURL" });' +
    'watch(player.el().querySelector("audio") ?? audio);',
};

const page = (
  player: ForeignPlayer,
): string => `<!doctype html><title>${player}</title><audio id="audio" controls></audio>
${player === 'native' ? '' : `<script src="/${player === 'shaka' ? 'shaka.js' : player}"></script>`}<script>
window.events = [];
const begun = performance.now();
const said = (what) => events.push(((performance.now() - begun) / 1000).toFixed(1) + ' s: ' + what);
const watch = (audio) => {
  window.audio = audio;
  for (const name of ['playing', 'waiting', 'error', 'ended'])
    audio.addEventListener(name, () => said(name + ' at ' + audio.currentTime.toFixed(1) + ' ' + (audio.error?.message ?? '')));
  audio.addEventListener('canplay', () => audio.play(), { once: true });
};
const source = new URLSearchParams(location.search).get('source');
watch(document.getElementById('audio'));
${BEGIN[player]}
window.audio.play().catch(() => {});
</script>`;

/** The page or script at a path of `/play/PLAYER?source=…`, or undefined. */
export function foreignPage(path: string): { readonly type: string; readonly body: string } | undefined {
  const script = scriptOf(path);
  if (script !== undefined) return { type: 'text/javascript', body: script };
  const player = /^\/play\/(.+)$/.exec(path)?.[1];
  return player !== undefined && Object.hasOwn(BEGIN, player)
    ? { type: 'text/html', body: page(player as ForeignPlayer) }
    : undefined;
}

/** The state of a player's page. */
export interface Played {
  /** Seconds of the element's own time. */
  readonly at: number;
  readonly length: number | null;
  readonly ended: boolean;
  /** `error` events and errors that the library calls fatal. */
  readonly errors: readonly string[];
  readonly events: readonly string[];
}

/** Reads the state of a page of `foreignPage`. */
export const lookAt = (page: Page): Promise<Played> =>
  page.evaluate(() => {
    const { audio, events } = window as unknown as { audio: HTMLAudioElement; events: string[] };
    return {
      at: audio.currentTime,
      length: Number.isFinite(audio.duration) ? audio.duration : null,
      ended: audio.ended,
      errors: events.filter((event) => /: (?:error|fatal)/.test(event)),
      events: [...events],
    };
  });
