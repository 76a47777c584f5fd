import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import type { Ms } from '../base/time.ts';
import { type Media, openPeer, type Peer, type PeerState } from './peer.ts';
import { openMeter } from './rtp/meter.ts';
import { Reception } from './rtp/reception.ts';
import { unwrapRed } from './rtp/red.ts';
import { nack, readRtcp, receiverReport } from './rtp/rtcp.ts';
import { isRtcp, type Rtp, readRtp, sequenceDistance } from './rtp/rtp.ts';
import { plainOffer, type Transport, writeAnswer } from './signalling/answer.ts';
import type { Offer, OfferLine } from './signalling/offer.ts';

/** Longest Opus payload accepted (RFC 6716, 3.4: 1,275 bytes per frame; 48 frames never fit into a datagram). */
const MAX_PAYLOAD = 1_450;
/**
 * Limit of different sources in one session; beyond it the session is closed, because a flood would grow the SRTP
 * tables.
 */
const MAX_SOURCES = 16;
/** After this many packets in a row without a level (half a second) the level is measured here. */
const MAX_UNSAID = 25;
/** A source that is silent for this long may be replaced by another one in the same session. */
const SOURCE_HOLD_MS = 1_000;
/** Limit of packets per second of one session; Opus needs 400 at 2.5 ms frames. */
const MAX_PACKETS_PER_SECOND = 500;
const REPORT_MS = 1_000;
/**
 * A browser that sends nothing for this long is gone. Three limits: while it talks, while it is paused, before it
 * starts.
 */
const SILENT_MS = 5_000;
const PAUSED_MS = 10_000;
const FIRST_PACKET_MS = 15_000;

/** One packet of a publisher after SRTP and RED were removed. */
export interface Taken {
  readonly sequence: number;
  readonly timestamp: number;
  readonly payload: Uint8Array;
  readonly level: number | undefined;
  readonly arrival: Ms;
  /** Changes when the source restarts. */
  readonly epoch: number;
}

/** Packet counters of a publisher since its session began. */
export interface Link {
  /** Opus packets passed on, including repaired ones. */
  packets: number;
  /** The part of these that was recovered from the redundancy in a later RED packet. */
  recovered: number;
  /** RTP packets that carried RED. */
  redundant: number;
  /** Packets requested again by NACK, counted once per request. */
  asked: number;
  /** Packets dropped: malformed, from an unknown source, or too many. */
  dropped: number;
}

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
  readonly link: Readonly<Link>;
  /** True when nothing has arrived for so long that the browser must be gone. */
  gone(now: Ms): boolean;
  addCandidate(candidate: string): void;
  /** Requests missing packets and sends reports; call it every 20–100 ms. */
  tick(now: Ms): void;
}

let epochs = 0;

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
  const sources = new Set<number>();
  const opened = clock.now();
  let meter = line.levelId === undefined ? await openMeter() : undefined;
  let unsaid = 0;
  let reception: Reception | undefined;
  let epoch = 0;
  let lastRtp = opened;
  let lastRtcp = -Infinity as Ms;
  let reportedAt = opened;
  let closed = false;
  let second = opened;
  let inSecond = 0;
  const link: Link = { packets: 0, recovered: 0, redundant: 0, asked: 0, dropped: 0 };

  /** The level that the sender reports, or our own measurement. Some senders agree to report it and then never do. */
  const levelOf = (said: number | undefined, payload: Uint8Array): number | undefined => {
    if (said !== undefined) {
      unsaid = 0;
      return said;
    }
    unsaid += 1;
    if (unsaid === MAX_UNSAID && !meter)
      openMeter().then(
        (opened) => {
          if (closed) opened[Symbol.dispose]();
          else meter = opened;
        },
        (error: unknown) => log.warn({ error: String(error) }, 'a voice cannot be measured'),
      );
    return meter?.level(payload);
  };

  const take = (
    rtp: Rtp,
    payload: Uint8Array,
    sequence: number,
    timestamp: number,
    repaired: boolean,
  ): void => {
    if (!reception || payload.length === 0 || payload.length > MAX_PAYLOAD) return;
    const arrived = reception.arrive(sequence, timestamp, lastRtp, repaired);
    if (arrived === 'duplicate' || arrived === 'old') return;
    if (arrived === 'restart') {
      epochs += 1;
      epoch = epochs;
    }
    link.packets += 1;
    if (repaired) link.recovered += 1;
    hooks.packet({
      sequence,
      timestamp,
      payload,
      level: levelOf(rtp.level, payload),
      arrival: lastRtp,
      epoch,
    });
  };

  const takeRed = (rtp: Rtp): void => {
    const blocks = unwrapRed(rtp.payload);
    if (!blocks || blocks.at(-1)?.payloadType !== line.opus) {
      link.dropped += 1;
      return;
    }
    link.redundant += 1;
    // The redundant blocks are the packets just before this one. RED does not number them, so they are counted back.
    blocks.forEach((block, index) => {
      const back = blocks.length - 1 - index;
      if (block.payloadType !== line.opus) return;
      take(rtp, block.data, (rtp.sequence - back) & 0xffff, (rtp.timestamp - block.age) >>> 0, back > 0);
    });
  };

  const rtp = (bytes: Buffer): void => {
    if (closed) return;
    const now = clock.now();
    if (now - second >= 1_000) {
      second = now;
      inSecond = 0;
    }
    inSecond += 1;
    const packet = inSecond > MAX_PACKETS_PER_SECOND ? undefined : readRtp(bytes, line.levelId);
    const known = packet && (packet.payloadType === line.opus || packet.payloadType === line.red);
    if (!packet || !known || !admit(packet, now)) {
      link.dropped += 1;
      return;
    }
    lastRtp = now;
    if (packet.payloadType === line.red) takeRed(packet);
    else take(packet, packet.payload, packet.sequence, packet.timestamp, false);
  };

  const admit = (packet: Rtp, now: Ms): boolean => {
    if (reception?.ssrc === packet.ssrc) return true;
    if (!sources.has(packet.ssrc)) {
      if (sources.size >= MAX_SOURCES) {
        log.warn({}, 'a publisher was closed: too many sources in one session');
        hooks.state('failed');
        return false;
      }
      sources.add(packet.ssrc);
    }
    const announced = line.ssrc !== undefined && packet.ssrc === line.ssrc;
    if (reception && !announced && now - lastRtp < SOURCE_HOLD_MS) return false;
    reception = new Reception(packet.ssrc);
    epochs += 1;
    epoch = epochs;
    return true;
  };

  const rtcp = (bytes: Buffer): void => {
    lastRtcp = clock.now();
    const { senderReport } = readRtcp(bytes);
    if (senderReport !== undefined) reception?.reported(senderReport, lastRtcp);
  };

  const peer: Peer = await openPeer(
    media,
    plainOffer([line]),
    [
      {
        direction: 'RecvOnly',
        payloadType: line.opus ?? 111,
        message: (bytes) => (isRtcp(bytes) ? rtcp(bytes) : rtp(bytes)),
      },
    ],
    hooks.state,
    log,
  ).catch((error: unknown) => {
    meter?.[Symbol.dispose]();
    throw error;
  });
  for (const candidate of offer.candidates) peer.addCandidate(candidate);
  const transport: Transport = peer.transport;
  const uses = offer.lines.map((each) => ({
    kind: each === line ? ('receive' as const) : ('refuse' as const),
  }));
  return {
    answer: writeAnswer(offer, uses, transport, randomBytes(6).readUIntBE(0, 6).toString()),
    ufrag: typeof line.path === 'object' ? line.path.ufrag : '',
    get heardAt() {
      return Math.max(lastRtp, lastRtcp) as Ms;
    },
    get loss() {
      return reception?.loss ?? 0;
    },
    link,
    // Even a muted browser sends a packet every 400 ms. One whose track is paused sends only RTCP, every 2.5 to 7.5 s.
    // One that has not started yet sends nothing.
    gone: (now) => {
      const limit = !reception ? FIRST_PACKET_MS : lastRtcp - lastRtp > 2_000 ? PAUSED_MS : SILENT_MS;
      return now - Math.max(lastRtp, lastRtcp) > limit;
    },
    addCandidate: (candidate) => peer.addCandidate(candidate),
    tick(now) {
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
      peer[Symbol.dispose]();
      meter?.[Symbol.dispose]();
    },
  };
}
