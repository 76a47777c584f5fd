/** A speaker's and a receiver's datagrams: RTP, RED, RTCP, in any order and at any time. */
import { silentLog } from '../../src/base/log.ts';
import { carriesFec, isDtx, packetTicks } from '../../src/media/opus-packet.ts';
import { Incoming } from '../../src/stage/incoming.ts';
import { wrapRed } from '../../src/stage/rtp/red.ts';
import { nack, readRtcp, receiverReport, senderReport } from '../../src/stage/rtp/rtcp.ts';
import { HEAD_BYTES, isRtcp, readRtp, writeRtp } from '../../src/stage/rtp/rtp.ts';
import { VoiceSlot } from '../../src/stage/rtp/slot.ts';
import type { VoiceLevel } from '../../src/stage/rtp/voice-level.ts';
import { readOffer } from '../../src/stage/signalling/offer.ts';
import { manualClock } from '../clock.ts';
import { OFFER } from '../mutations.ts';
import { joined, piecesOf, target } from './engine/target.ts';

const offer = readOffer(OFFER);
if (typeof offer === 'string') throw new Error(offer);
const [line] = offer.lines;
if (!line) throw new Error('no line');
const OPUS = line.opus ?? 111;
const level = { of: () => 20 } as unknown as VoiceLevel;
const head = {
  payloadType: OPUS,
  marker: false,
  sequence: 65_534,
  timestamp: 4_294_967_000,
  ssrc: 42,
  levelId: 1,
  level: 30,
};
const sound = Buffer.from([0x78, 1, 2, 3, 4, 5, 6, 7]);
const red = wrapRed(OPUS, sound, 960, sound);
const figures = { ssrc: 42, fraction: 0.1, lost: 3, highest: 70_000, jitter: 5, lastReport: 9, delay: 1 };

export default target({
  covers: ['src/stage/incoming.ts', 'src/stage/rtp/', 'src/media/opus-packet.ts'],
  run(bytes) {
    const clock = manualClock();
    const slot = new VoiceSlot(
      { ssrc: 7, opus: 111, red: 63, levelId: 1 },
      () => true,
      65_530,
      4_294_960_000,
    );
    const plain = new VoiceSlot({ ssrc: 7, opus: 111, levelId: undefined }, () => true, 1, 1);
    const incoming = new Incoming({
      ...{ clock, log: silentLog, line, level },
      flooded: () => {},
      packet: ({ payload, sequence, timestamp, epoch }) => {
        packetTicks(payload);
        carriesFec(payload);
        isDtx(payload);
        const frame = Buffer.concat([Buffer.alloc(HEAD_BYTES), payload]);
        for (const each of [slot, plain])
          each.forward({ frame, sequence, timestamp, level: 20, epoch }, clock.now());
      },
    });
    for (const piece of piecesOf(bytes)) {
      // A first byte in front of each datagram is the time since the one before.
      clock.advance((piece[0] ?? 0) * 5);
      const datagram = piece.subarray(1);
      readRtp(datagram);
      incoming.take(datagram);
      if (isRtcp(datagram)) {
        const { nacks, reports } = readRtcp(datagram);
        for (const { sequences } of nacks) slot.resend(sequences);
        for (const block of reports) slot.reported(block, clock.now());
      }
      const { reception } = incoming;
      if (!reception) continue;
      const asked = reception.wanted(clock.now());
      if (asked.length > 0) nack(1, reception.ssrc, asked);
      receiverReport(1, reception.report(clock.now(), 0.5));
      slot.report(clock.wall(), clock.now());
    }
  },
  seeds: [
    joined(
      [0, 1, 2, 4, 9].map((i) =>
        Buffer.concat([
          Buffer.from([4]),
          writeRtp({ ...head, sequence: (head.sequence + i) & 0xffff }, sound),
        ]),
      ),
    ),
    joined(
      [0, 1].map((i) =>
        Buffer.concat([
          Buffer.from([4]),
          writeRtp({ ...head, payloadType: line.red ?? 63, sequence: i }, red),
        ]),
      ),
    ),
    joined(
      [
        senderReport(42, 1_700_000_000_000, 1, 2, 3),
        receiverReport(1, figures),
        nack(1, 7, [65_531, 65_532, 3]),
      ].map((each) => Buffer.concat([Buffer.from([20]), each])),
    ),
  ],
});
