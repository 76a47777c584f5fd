import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Ms } from '../base/time.ts';
import { Incoming, type PublisherCounts, type Taken } from './incoming.ts';
import { type Media, openPeer, type Peer, type PeerState } from './peer.ts';
import { nack, receiverReport } from './rtp/rtcp.ts';
import { sequenceDistance } from './rtp/rtp.ts';
import { VoiceLevel } from './rtp/voice-level.ts';
import { type IceTransport, plainOffer, writeAnswer } from './signalling/answer.ts';
import type { Offer, OfferLine } from './signalling/offer.ts';

const REPORT_MS = 1_000;
/**
 * A browser that sends nothing for this long is gone. Three limits: while it talks, while it is paused, before it
 * starts.
 */
const SILENT_MS = 5_000;
const PAUSED_MS = 10_000;
const FIRST_PACKET_MS = 15_000;

/** Callbacks of a publisher to the room. */
export interface PublisherHooks {
  packet(taken: Taken): void;
  state(state: PeerState): void;
  /** The worst current loss on the way to anyone who hears this voice, 0 to 1. */
  downstream(): number;
}

/** A microphone that publishes into the room through WHIP. */
export interface Publisher extends Disposable {
  readonly answer: string;
  readonly ufrag: string;
  /** Arrival of the last RTP or RTCP packet. */
  readonly heardAt: Ms;
  /** Share of packets lost on the way to us in the last seconds, before repair. */
  readonly loss: number;
  /** Counters, updated live. */
  readonly link: Readonly<PublisherCounts>;
  /** True when nothing has arrived for so long that the browser must be gone. */
  gone(now: Ms): boolean;
  addCandidate(candidate: string): void;
  /** Requests missing packets and sends reports; call it every 20–100 ms. */
  tick(now: Ms): void;
}

/** Answers a publisher's offer. `line` is `publishLine(offer)`. @throws when the transport refuses the offer. */
export async function openPublisher(
  media: Media,
  clock: Clock,
  log: Log,
  offer: Offer,
  line: OfferLine,
  hooks: PublisherHooks,
): Promise<Publisher> {
  const own = randomBytes(4).readUInt32BE();
  const level = await VoiceLevel.open(line.levelId !== undefined, log);
  const incoming = new Incoming({
    ...{ clock, log, line, level },
    packet: hooks.packet,
    flooded: () => hooks.state('failed'),
  });
  const { link } = incoming;
  let reportedAt = clock.now();
  let closed = false;
  const peer: Peer = await openPeer(
    media,
    plainOffer([line]),
    [
      {
        direction: 'RecvOnly',
        payloadType: line.opus ?? 111,
        message: (bytes) => incoming.take(bytes),
      },
    ],
    hooks.state,
    log,
  ).catch((error: unknown) => {
    level[Symbol.dispose]();
    throw error;
  });
  for (const candidate of offer.candidates) peer.addCandidate(candidate);
  const transport: IceTransport = peer.transport;
  const uses = offer.lines.map((each) => ({
    kind: each === line ? ('receive' as const) : ('refuse' as const),
  }));
  return {
    answer: writeAnswer(offer, uses, transport, randomBytes(6).readUIntBE(0, 6).toString()),
    ufrag: typeof line.path === 'object' ? line.path.ufrag : '',
    get heardAt() {
      return Math.max(incoming.lastRtp, incoming.lastRtcp) as Ms;
    },
    get loss() {
      return incoming.reception?.loss ?? 0;
    },
    link,
    // Even a muted browser sends a packet every 400 ms. One whose track is paused sends only RTCP, every 2.5 to 7.5 s.
    // One that has not started yet sends nothing.
    gone: (now) => {
      const { reception, lastRtp, lastRtcp } = incoming;
      const limit = !reception ? FIRST_PACKET_MS : lastRtcp - lastRtp > 2_000 ? PAUSED_MS : SILENT_MS;
      return now - Math.max(lastRtp, lastRtcp) > limit;
    },
    addCandidate: (candidate) => peer.addCandidate(candidate),
    tick(now) {
      const { reception } = incoming;
      if (!reception) return;
      const wanted = reception.wanted(now);
      if (wanted.length > 0) {
        link.asked += wanted.length;
        wanted.sort(sequenceDistance);
        peer.send(0, nack(own, reception.ssrc, wanted));
      }
      if (now - reportedAt < REPORT_MS) return;
      reportedAt = now;
      // Browsers add in-band FEC only when reports show loss, so the loss of this voice's listeners counts as well.
      peer.send(0, receiverReport(own, reception.report(now, hooks.downstream())));
    },
    [Symbol.dispose]() {
      if (closed) return;
      closed = true;
      incoming.close();
      peer[Symbol.dispose]();
      level[Symbol.dispose]();
    },
  };
}
