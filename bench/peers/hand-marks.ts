/** When a listener's page does what lies between a call and its own voice on stage. */
import type { BrowserContext, Page } from 'playwright-core';

/** What happened on the page: wall-clock ms, what. */
export type HandMark = readonly [at: number, what: string];

/** Notes it on each page of a context. Call it before the pages are opened. */
export async function noteHandMarks(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const marks: HandMark[] = [];
    Object.assign(window, { handMarks: marks });
    const mark = (what: string): void => void marks.push([Date.now(), what]);
    const get = window.fetch;
    window.fetch = async (...asked) => {
      const what = /\/(take|whip|whep)(\?|$)/.exec(String(asked[0]))?.[1];
      const method = asked[1]?.method ?? 'GET';
      if (what === 'take') mark('the page knows of the call');
      else if (what !== undefined && method === 'POST') mark(`${what} asked`);
      const answer = await get(...asked);
      if (what === 'take') mark('the page has its grant');
      else if (what !== undefined && method === 'POST') mark(`${what} answered`);
      return answer;
    };
    const devices = navigator.mediaDevices;
    const open = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (asked) => {
      const stream = await open(asked);
      mark('the microphone is open');
      for (const track of stream.getAudioTracks()) {
        const { set, get: read } =
          Object.getOwnPropertyDescriptor(MediaStreamTrack.prototype, 'enabled') ?? {};
        Object.defineProperty(track, 'enabled', {
          get: () => read?.call(track),
          set: (on: boolean) => {
            set?.call(track, on);
            if (on) mark('the microphone is heard by the stage');
          },
        });
      }
      return stream;
    };
    const Peer = window.RTCPeerConnection;
    window.RTCPeerConnection = class extends Peer {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        this.addEventListener('connectionstatechange', () => {
          if (this.connectionState !== 'connected') return;
          const sends = this.getTransceivers().some(({ direction }) => direction === 'sendonly');
          mark(sends ? 'whip connected' : 'whep connected');
        });
      }
    };
  });
}

/** What has happened on a page so far. */
export const handMarks = (page: Page): Promise<HandMark[]> =>
  page.evaluate(() => (window as unknown as { handMarks: HandMark[] }).handMarks);
