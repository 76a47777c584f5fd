/** What pages play, as tones of the scale. */
import type { BrowserContext, Page } from 'playwright-core';
import { type HeardAt, hearTone, TONES_HEARD } from './scale.ts';

/**
 * Notes what each page of a context plays, by what reaches its loudspeaker: elements while they are audible, and audio
 * graphs. An audio thread counts every sample, however busy the page is. Call it before the pages are opened.
 */
export async function noteWhatIsHeard(context: BrowserContext): Promise<void> {
  await context.addInitScript(
    ({ heard: look, code }) => {
      const heard: HeardAt[] = [];
      (window as any).heardSteps = heard;
      const sources = new Set<AudioNode>();
      const graph = new AudioContext({ sampleRate: 48_000 });
      const loaded = graph.audioWorklet?.addModule(
        URL.createObjectURL(new Blob([code], { type: 'text/javascript' })),
      );
      const connect = AudioNode.prototype.connect;
      const tap = async (
        stream: MediaStream,
        open: () => boolean,
        from: 'program' | 'stage',
        over = (): boolean => false,
      ) => {
        await loaded;
        void graph.resume();
        const ear = new AudioWorkletNode(graph, 'tones', { processorOptions: look });
        const source = graph.createMediaStreamSource(stream);
        // A source that is not kept is collected, and silent.
        sources.add(source).add(ear);
        (connect as any).call(source, ear);
        // What is over is not listened to: a page that changes twenty times would hear more and more of nothing.
        const ended = setInterval(() => {
          if (!over() && stream.getTracks().some(({ readyState }) => readyState === 'live')) return;
          clearInterval(ended);
          source.disconnect();
          ear.port.postMessage('over');
          ear.port.close();
          sources.delete(source);
          sources.delete(ear);
        }, 1_000);
        ear.port.onmessage = ({ data }) => {
          const [at, tone, isPilot] = data;
          if (open())
            heard.push([
              performance.timeOrigin + performance.now() - (graph.currentTime - at) * 1000,
              tone,
              isPilot,
              from,
            ]);
        };
      };
      AudioNode.prototype.connect = function (this: AudioNode, to: any, ...more: any[]) {
        if (to instanceof AudioDestinationNode && this.context !== graph) {
          const context = this.context as AudioContext;
          const copy = context.createMediaStreamDestination();
          (connect as any).call(this, copy);
          void tap(
            copy.stream,
            () => true,
            'stage',
            () => context.state === 'closed',
          );
        }
        return (connect as any).call(this, to, ...more);
      } as any;
      const play = HTMLMediaElement.prototype.play;
      const known = new WeakSet<object>();
      HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
        const element = this as any;
        const audible = (): boolean => !element.muted && !element.paused && element.volume > 0.01;
        if (element.srcObject && !known.has(element.srcObject)) {
          known.add(element.srcObject);
          void tap(element.srcObject, audible, 'stage');
        } else if (!element.srcObject && !known.has(element)) {
          known.add(element);
          const take = (track: MediaStreamTrack): void => {
            if (known.has(track)) return;
            known.add(track);
            void tap(new MediaStream([track]), audible, 'program');
          };
          const begin = (): void => {
            const stream: MediaStream = element.captureStream();
            stream.addEventListener('addtrack', ({ track }) => take(track));
            for (const track of stream.getAudioTracks()) take(track);
          };
          element.addEventListener('playing', begin, { once: true });
        }
        return play.call(this);
      };
    },
    { heard: TONES_HEARD, code: `(${countTones})(${hearTone})` },
  );
}

/** Runs on the page's audio thread, beside `hearTone`. */
function countTones(hear: typeof hearTone): void {
  const scope = globalThis as any;
  class Tones extends scope.AudioWorkletProcessor {
    #heard: typeof TONES_HEARD;
    #last = new Float32Array(1_024);
    #filled = 0;
    #over = false;
    constructor({ processorOptions }: any) {
      super();
      this.#heard = processorOptions;
      (this as any).port.onmessage = () => (this.#over = true);
    }
    process([input]: Float32Array[][]): boolean {
      if (this.#over) return false;
      const samples = input?.[0];
      if (!samples) return true;
      this.#last.set(samples, this.#filled);
      this.#filled += samples.length;
      if (this.#filled < 1_024) return true;
      this.#filled = 0;
      // Nothing is quickly seen to be nothing.
      if (!this.#last.some((sample) => Math.abs(sample) > 1e-4)) return true;
      const [tone, pilot] = hear(this.#last, this.#heard);
      if (tone >= 0 || pilot) (this as any).port.postMessage([scope.currentTime, tone, pilot]);
      return true;
    }
  }
  scope.registerProcessor('tones', Tones);
}

/** What a page has heard since a moment, wall-clock ms. */
export const heardSteps = (page: Page, since = 0): Promise<HeardAt[]> =>
  page.evaluate((from) => (window as any).heardSteps.filter(([at]: HeardAt) => at > from), since);
