import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.ts';
import type { SpeakerId } from '../base/ids.ts';
import type { Log } from '../base/log.ts';
import type { Ms } from '../base/time.ts';
import { type Media, openPeer, type Peer, type PeerState } from './peer.ts';
import { readRtcp } from './rtp/rtcp.ts';
import { isRtcp } from './rtp/rtp.ts';
import { type VoicePacket, VoiceSlot } from './rtp/slot.ts';
import { plainOffer, type Use, writeAnswer } from './signalling/answer.ts';
import type { Offer, OfferLine } from './signalling/offer.ts';

/** When there are more voices than slots, a slot may be taken from a speaker who has been quiet for this long. */
const SLOT_HOLD_MS = 600;
const REPORT_MS = 2_000;

/** A person backstage who hears the others through WHEP. */
export interface Receiver extends Disposable {
  readonly answer: string;
  readonly ufrag: string;
  /** How many voices it can play at the same time. */
  readonly slots: number;
  /** Packets retransmitted on request so far. */
  readonly resent: number;
  /** Forwards a packet of `speaker`. `voiced` says that it is louder than background noise. */
  forward(speaker: SpeakerId, voice: VoicePacket, voiced: boolean, now: Ms): void;
  /** Gives the slot of a speaker who left to the next voice. */
  release(speaker: SpeakerId): void;
  /** The share of this speaker's packets that the receiver lost by its last report; 0 when unknown. */
  loss(speaker: SpeakerId, now: Ms): number;
  addCandidate(candidate: string): void;
  tick(now: Ms): void;
}

interface Seat {
  readonly slot: VoiceSlot;
  speaker: SpeakerId | undefined;
  voicedAt: number;
}

/** Answers a receiver's offer. `lines` is `receiveLines(offer)`. @throws when the transport refuses the offer. */
export async function openReceiver(
  media: Media,
  clock: Clock,
  log: Log,
  offer: Offer,
  lines: readonly OfferLine[],
  changed: (state: PeerState) => void,
): Promise<Receiver> {
  // Sources of one session only have to be different from each other, so they are consecutive from a random start.
  const base = (randomBytes(4).readUInt32BE() & 0x7fffff00) + 1;
  const opened = clock.now();
  let peer: Peer | undefined;
  let reportedAt = opened;
  let resent = 0;
  const seats: Seat[] = lines.map((line, index) => ({
    slot: new VoiceSlot(
      {
        ssrc: base + index,
        opus: line.opus ?? 111,
        levelId: line.levelId,
        ...(line.red !== undefined && line.redFirst ? { red: line.red } : {}),
      },
      (bytes) => peer?.send(index, bytes) ?? false,
      randomBytes(2).readUInt16BE(),
      randomBytes(4).readUInt32BE(),
    ),
    speaker: undefined,
    voicedAt: -Infinity,
  }));

  const message = (slot: VoiceSlot, bytes: Buffer): void => {
    if (!isRtcp(bytes)) return;
    const now = clock.now();
    const { reports, nacks } = readRtcp(bytes);
    // One report about all lines arrives on every line that it names; each line uses its own block.
    for (const block of reports) if (block.ssrc === slot.format.ssrc) slot.reported(block, now);
    for (const item of nacks) if (item.ssrc === slot.format.ssrc) resent += slot.resend(item.sequences);
  };

  const seatFor = (speaker: SpeakerId, voiced: boolean, now: Ms): Seat | undefined => {
    let free: Seat | undefined;
    for (const seat of seats) {
      if (seat.speaker === speaker) return seat;
      if (seat.speaker === undefined) free ??= seat;
    }
    if (free) return free;
    if (!voiced) return undefined;
    const quietest = seats.reduce((a, b) => (b.voicedAt < a.voicedAt ? b : a));
    return now - quietest.voicedAt > SLOT_HOLD_MS ? quietest : undefined;
  };

  peer = await openPeer(
    media,
    plainOffer(lines),
    lines.map((line, index) => ({
      direction: 'SendOnly' as const,
      payloadType: line.opus ?? 111,
      ssrc: base + index,
      message: (bytes: Buffer) => {
        const seat = seats[index];
        if (seat) message(seat.slot, bytes);
      },
    })),
    changed,
    log,
  );
  const path = lines[0]?.path;
  for (const candidate of offer.candidates) peer.addCandidate(candidate);
  const uses: Use[] = offer.lines.map((line) => {
    const index = lines.indexOf(line);
    return index < 0 ? { kind: 'refuse' } : { kind: 'send', ssrc: base + index, slot: index };
  });
  const open = peer;
  return {
    answer: writeAnswer(offer, uses, open.transport, randomBytes(6).readUIntBE(0, 6).toString()),
    ufrag: typeof path === 'object' ? path.ufrag : '',
    slots: seats.length,
    get resent() {
      return resent;
    },
    forward(speaker, voice, voiced, now) {
      const seat = seatFor(speaker, voiced, now);
      if (!seat) return;
      seat.speaker = speaker;
      if (voiced) seat.voicedAt = now;
      seat.slot.forward(voice, now);
    },
    release(speaker) {
      for (const seat of seats) if (seat.speaker === speaker) seat.speaker = undefined;
    },
    loss: (speaker, now) => seats.find((seat) => seat.speaker === speaker)?.slot.loss(now) ?? 0,
    addCandidate: (candidate) => open.addCandidate(candidate),
    tick(now) {
      if (now - reportedAt < REPORT_MS) return;
      reportedAt = now;
      const wall = clock.wall();
      for (const seat of seats) if (seat.speaker !== undefined) seat.slot.report(wall, now);
    },
    [Symbol.dispose]: () => open[Symbol.dispose](),
  };
}
