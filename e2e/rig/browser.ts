import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

/** Flags of every Chromium of a test: it sends no requests to the outside. */
export const QUIET_FLAGS: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const FLAGS = [
  '--headless=new',
  ...QUIET_FLAGS,
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--allow-loopback-in-peer-connection',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
];

/** Options of a test's browser. */
export interface BrowserOptions {
  /** WAV file that the fake microphone plays in a loop; a beep without it. */
  readonly microphone?: string;
  /** The microphone without the browser's voice processing, which treats tones as noise. Default false. */
  readonly plainMicrophone?: boolean;
  /** Pages may start sound without a click. Default true; autoplay tests set false. */
  readonly autoplay?: boolean;
  readonly viewport?: { width: number; height: number };
  readonly colorScheme?: 'light' | 'dark';
  readonly locale?: string;
  readonly javaScript?: boolean;
  /** Pages may register their service worker. Default false: what a test sees then comes from the server alone. */
  readonly serviceWorkers?: boolean;
  readonly flags?: readonly string[];
  /** Settings of the profile, as its file has them; default none. */
  readonly preferences?: object;
  /** Program to start in place of Chromium, for a network namespace. */
  readonly executable?: string;
}

/** One real Chromium with its own profile. */
export interface Browser extends AsyncDisposable {
  readonly context: BrowserContext;
  page(url: string): Promise<Page>;
  /** Errors and warnings of all pages' consoles. */
  readonly complaints: string[];
}

/** Starts Debian's Chromium. CSP is bypassed for the test's own detectors only. */
export async function startBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'earshot-chromium-'));
  if (options.preferences) {
    mkdirSync(join(profile, 'Default'));
    writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(options.preferences));
  }
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: options.executable ?? '/usr/bin/chromium',
    headless: true,
    args: [
      ...FLAGS,
      ...(options.microphone ? [`--use-file-for-fake-audio-capture=${options.microphone}`] : []),
      ...(options.autoplay === false ? [] : ['--autoplay-policy=no-user-gesture-required']),
      ...(options.flags ?? []),
    ],
    ignoreDefaultArgs: ['--mute-audio', '--disable-features'],
    bypassCSP: true,
    permissions: ['microphone'],
    viewport: options.viewport ?? { width: 1280, height: 800 },
    colorScheme: options.colorScheme ?? 'light',
    locale: options.locale ?? 'en-GB',
    javaScriptEnabled: options.javaScript ?? true,
    serviceWorkers: options.serviceWorkers ? 'allow' : 'block',
  });
  await context.addInitScript(tapMedia, options.plainMicrophone ?? false);
  const complaints: string[] = [];
  context.on('console', (message) => {
    const isOurs = !message.text().startsWith('Service Worker registration blocked by Playwright');
    if (isOurs && (message.type() === 'error' || message.type() === 'warning'))
      complaints.push(`${message.text()} ${message.location().url}`);
  });
  context.on('weberror', (error) => complaints.push(String(error.error())));
  return {
    context,
    complaints,
    async page(url) {
      const page = await context.newPage();
      await page.goto(url, { waitUntil: 'domcontentloaded' });
      return page;
    },
    async [Symbol.asyncDispose]() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** The tracks of a page's own microphone and peer connections, for the detectors. */
export interface Tapped {
  readonly microphones: MediaStreamTrack[];
  readonly incoming: MediaStreamTrack[];
}

/**
 * Runs in every page before its own scripts. It keeps the tracks that the page gets, and changes nothing else except
 * for `plain`.
 */
function tapMedia(plain: boolean): void {
  const tapped: Tapped = { microphones: [], incoming: [] };
  (window as unknown as { tapped: Tapped }).tapped = tapped;
  const devices = navigator.mediaDevices;
  const get = devices?.getUserMedia.bind(devices);
  if (get)
    devices.getUserMedia = async (asked) => {
      const audio = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      const stream = await get(plain ? { audio } : asked);
      tapped.microphones.push(...stream.getAudioTracks());
      return stream;
    };
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.addEventListener('track', ({ track }) => tapped.incoming.push(track));
    }
  };
}
