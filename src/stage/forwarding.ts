import type { Packet } from '../base/media.ts';
import type { Taken } from './incoming.ts';
import type { StagePlace } from './place.ts';
import { HEAD_BYTES } from './rtp/rtp.ts';
import { SILENCE } from './rtp/speaking.ts';
import type { WhepSession } from './session.ts';

/**
 * Forwards a packet of one speaker to the others who hear the stage; `to` says who of them may. Returns it as the
 * program gets it.
 */
export function forward(
  place: StagePlace,
  { sequence, timestamp, payload, level, arrival, epoch }: Taken,
  ears: Iterable<WhepSession>,
  to: (ear: WhepSession) => boolean,
): Packet {
  // A frame of one or two bytes is DTX, which is silence. Without levels every other packet counts as voice.
  const heard = level ?? (payload.length <= 2 ? SILENCE : undefined);
  if (heard !== undefined && !place.muted) place.speaking.heard(heard, arrival);
  const frame = Buffer.allocUnsafe(HEAD_BYTES + payload.length);
  frame.set(payload, HEAD_BYTES);
  const voice = { frame, sequence, timestamp, level, epoch };
  const voiced = heard === undefined || heard < 60;
  for (const ear of ears) {
    // Nobody hears their own voice.
    if (ear.connected && ear.who !== place.id && to(ear)) ear.end.forward(place.id, voice, voiced, arrival);
  }
  const packet = { speaker: place.id, sequence, timestamp, payload, arrival };
  return level === undefined ? packet : { ...packet, level };
}
