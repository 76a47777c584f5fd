import { type Call, type CallState, openCall } from './call.ts';
import type { Token } from './exchange.ts';
import { tuneReceiveOffer } from './sdp.ts';

/** Speakers that can be heard at once. */
export const RECEIVE_SLOTS = 12;

/** Dependencies of a receiver. */
export interface ReceiverOptions {
  /** The room's WHEP endpoint. */
  readonly url: string;
  readonly token: Token;
  state(state: CallState): void;
  /** True while the browser refuses to play until the person clicks. */
  blocked(blocked: boolean): void;
  ready?(signal: AbortSignal): Promise<void>;
  /** The ICE servers, where they are known already. */
  servers?(): readonly RTCIceServer[] | undefined;
  /** Another voice's track; it plays by itself, at the volume. */
  track?(track: MediaStreamTrack): void;
  readonly fetch?: typeof fetch;
  readonly peer?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** The other speakers in this person's ears. */
export interface MonitorCall extends Call {
  /** 0 to 1. */
  volume(value: number): void;
  /** Chooses the loudspeaker or headphones; does nothing where browsers cannot. */
  sink(deviceId: string): Promise<void>;
  /** Tries to play again, from a click. */
  play(): void;
}

/** Whether this browser can choose where sound comes out. */
export const canChooseSink = (): boolean => 'setSinkId' in HTMLMediaElement.prototype;

/**
 * Prepares a WHEP session with one slot per speaker who can be heard at once.
 *
 * Each slot plays through its own audio element: every browser's echo canceller knows sound that is played like this.
 */
export function openReceiver(options: ReceiverOptions): MonitorCall {
  let ears: HTMLAudioElement[] = [];
  let volume = 1;
  let sink = '';
  const silence = () => {
    for (const ear of ears) ear.srcObject = null;
    ears = [];
  };
  const play = (ear: HTMLAudioElement) =>
    void ear.play().then(
      () => options.blocked(false),
      (error: unknown) => options.blocked(error instanceof DOMException && error.name === 'NotAllowedError'),
    );
  const call = openCall({
    ...options,
    prepare(peer) {
      silence();
      peer.addEventListener('track', ({ track }) => {
        const ear = new Audio();
        ear.srcObject = new MediaStream([track]);
        ear.volume = volume;
        ears.push(ear);
        options.track?.(track);
        if (sink && canChooseSink()) void ear.setSinkId(sink).catch(() => {});
        play(ear);
      });
      for (let slot = 0; slot < RECEIVE_SLOTS; slot++)
        peer.addTransceiver('audio', { direction: 'recvonly' });
    },
    tuneOffer: tuneReceiveOffer,
    tuneAnswer: (sdp) => sdp,
  });
  return {
    ...call,
    close(keep) {
      call.close(keep);
      silence();
    },
    volume(value) {
      volume = Math.min(Math.max(value, 0), 1);
      for (const ear of ears) ear.volume = volume;
    },
    async sink(deviceId) {
      sink = deviceId;
      if (canChooseSink()) await Promise.all(ears.map((ear) => ear.setSinkId(deviceId).catch(() => {})));
    },
    play: () => ears.forEach(play),
  };
}
