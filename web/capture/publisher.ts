import { type Call, type CallState, openCall } from './call.ts';
import type { Token } from './exchange.ts';
import { tuneAnswer, tuneOffer } from './sdp.ts';

/** Dependencies of a publisher. */
export interface PublisherOptions {
  /** The room's WHIP endpoint. */
  readonly url: string;
  readonly token: Token;
  /** Stereo music instead of speech; fixed for the life of the publisher. */
  readonly music: boolean;
  /** The current microphone; asked for at each reconnect. Undefined is allowed while a connection is made ahead. */
  track(): MediaStreamTrack | undefined;
  /** The ICE servers, where they are known already. */
  servers?(): readonly RTCIceServer[] | undefined;
  state(state: CallState): void;
  ready?(signal: AbortSignal): Promise<void>;
  readonly fetch?: typeof fetch;
  readonly peer?: (configuration: RTCConfiguration) => RTCPeerConnection;
}

/** A microphone that is sent to the stage. */
export interface MicrophoneCall extends Call {
  /** Sends another microphone in place of the first, in the same session. */
  changeTrack(): Promise<void>;
}

/** Prepares a WHIP session for one microphone. Spec: RFC 9725. */
export function openPublisher(options: PublisherOptions): MicrophoneCall {
  let sender: RTCRtpSender | undefined;
  const hinted = (): MediaStreamTrack | undefined => {
    const track = options.track();
    if (track) track.contentHint = options.music ? 'music' : 'speech';
    return track;
  };
  const call = openCall({
    ...options,
    prepare(peer) {
      const track = hinted();
      sender = peer.addTransceiver(track ?? 'audio', {
        direction: 'sendonly',
        streams: [new MediaStream(track ? [track] : [])],
      }).sender;
    },
    adopt: () => void sender?.replaceTrack(hinted() ?? null),
    tuneOffer: (sdp) => tuneOffer(sdp, options),
    tuneAnswer: (sdp) => tuneAnswer(sdp, options),
  });
  return { ...call, changeTrack: async () => sender?.replaceTrack(options.track() ?? null) };
}
