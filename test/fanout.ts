import type { Socket } from 'node:net';
import type { Rendition } from '../src/base/media.ts';
import { FRAGMENT_MS, ms } from '../src/base/time.ts';
import { LIMITS } from '../src/door/limits.ts';
import { openCounters } from '../src/door/metrics/counters.ts';
import type { DoorOrigin } from '../src/door/origin-port.ts';
import { openBatch } from '../src/door/socket/batched-write.ts';
import { connectionOf } from '../src/door/socket/connection.ts';
import { openFanout } from '../src/door/stream/listeners.ts';
import { decodeNotice, type Notice } from '../src/wire/notice.ts';
import { RENDITIONS } from '../src/wire/renditions.ts';
import { manualClock } from './clock.ts';
import { numbered } from './door.ts';

const rendition = (id: string): Rendition => RENDITIONS.find((r) => r.id === id) as Rendition;
/** A fragment of 40 bytes that contains its number and its rendition. */
const fragment = (id: string, seq: number): Buffer => {
  const bytes = numbered(seq, 40);
  bytes[8] = RENDITIONS.findIndex((r) => r.id === id);
  return bytes;
};

/** One received fragment. */
export interface Heard {
  readonly seq: number;
  readonly rendition: string;
  readonly at: number;
}

/** The fragments and messages that one connection received. */
export class Ear {
  readonly heard: Heard[] = [];
  readonly notices: (Notice & { at: number })[] = [];
  readonly writes: number[] = [];
  readonly buffers: Buffer[] = [];
  readonly socket: Socket;
  head = '';
  ended = false;
  reset = false;

  constructor(now: () => number) {
    const ear = this;
    const on = function (this: unknown) {
      return this;
    };
    this.socket = {
      writableLength: 0,
      on,
      cork() {},
      uncork() {},
      write(data: Buffer) {
        if (ear.head === '') ear.head = data.toString('latin1');
        else {
          ear.buffers.push(data);
          ear.#read(data, now());
        }
      },
      end() {
        ear.ended = true;
      },
      destroy() {},
      resetAndDestroy() {
        ear.reset = true;
      },
    } as unknown as Socket;
  }

  #read(bytes: Buffer, at: number) {
    this.writes.push(at);
    for (let i = 0; i < bytes.length; ) {
      const size = bytes.readUInt32BE(i);
      const box = bytes.subarray(i, i + size);
      if (box.toString('latin1', 4, 8) === 'emsg') {
        const notice = decodeNotice(box);
        if (notice) this.notices.push({ ...notice, at });
      } else {
        const id = RENDITIONS[box[8] ?? 0]?.id ?? '';
        this.heard.push({ seq: box.readUInt32BE(4), rendition: id, at });
      }
      i += size;
    }
  }

  get seqs(): number[] {
    return this.heard.map(({ seq }) => seq);
  }
  says(name: string): string | undefined {
    return new RegExp(`${name}: (.*)\r\n`).exec(this.head)?.[1];
  }
}

/** A fan-out on a manual clock, with an origin that makes a fragment of each coded rendition every 320 ms. */
export function rig(begun = 200) {
  const clock = manualClock();
  const counters = openCounters();
  const listeners: Parameters<DoorOrigin['onFragment']>[0][] = [];
  const ends: ((slug: string) => void)[] = [];
  const coded = new Set(['opus64', 'aac96', 'radio-mp3']);
  const held = new Map<string, { seq: number; bytes: Buffer }[]>();
  let seq = 1000;
  const make = () => {
    seq += 1;
    for (const id of coded) {
      const list = held.get(id) ?? [];
      held.set(id, list);
      const bytes = fragment(id, seq);
      list.push({ seq, bytes });
      if (list.length > 144) list.shift();
      for (const listen of listeners) listen('room', id, seq, bytes);
    }
  };
  for (let i = 0; i < begun; i += 1) make();
  const origin: DoorOrigin = {
    onFragment: (listen) => void listeners.push(listen),
    onEnd: (listen) => void ends.push(listen),
    join(slug, id, { after, margin = 0, at }) {
      const list = held.get(id);
      if (slug !== 'room') return 'room-unknown';
      if (!list) return 'studio-away';
      const from = at ?? (after === undefined ? seq + 1 - Math.ceil((320 + margin) / 320) : after + 1);
      const fragments = list.filter((f) => f.seq >= from);
      return { init: Buffer.alloc(0), fragments, untilNext: ms(320), period: ms(320) };
    },
    answer: () => undefined,
    card: () => undefined,
    cards: () => [],
    state: () => undefined,
  };
  const state = {
    delivery: { period: 320 } as { period: number; ceiling?: number },
    place: 'live' as 'live' | 'ring',
    /** Owner of a newcomer's seat, and whether it is proved by a ticket. */
    holder: undefined as string | undefined,
    closesOther: false,
    /** Collects expected errors; without it each is thrown. */
    contained: undefined as unknown[] | undefined,
  };
  const fanout = openFanout({
    ...{ clock, origin, counters, limits: { ...LIMITS, row: 64 }, batch: openBatch(undefined) },
    fault(error) {
      if (!state.contained) throw error;
      state.contained.push(error);
    },
    delivery: () => state.delivery,
    place(_slug, _request, closeOther) {
      const { place: at, holder } = state;
      if (holder !== undefined && state.closesOther) closeOther(holder);
      return { at, ...(holder === undefined ? {} : { holder }) };
    },
  });
  return Object.assign(state, {
    ...{ clock, fanout, coded, counters },
    newest: () => seq,
    join(id = 'opus64', more: object = {}): Ear {
      const ear = new Ear(() => clock.now());
      const refusal = fanout.join(connectionOf(ear.socket), {
        slug: 'room',
        rendition: rendition(id),
        margin: ms(300),
        ...more,
      });
      if (refusal) throw new Error(refusal);
      return ear;
    },
    /** Lets `seconds` pass, a fragment every 320 ms. */
    run(seconds: number) {
      for (let left = seconds * 1000; left > 0; left -= FRAGMENT_MS) {
        clock.advance(FRAGMENT_MS);
        make();
      }
    },
    end() {
      for (const listen of ends) listen('room');
    },
  });
}
/** True when no fragment is missing, and none came twice. */
export const unbroken = (seqs: readonly number[]): boolean =>
  seqs.length > 1 && seqs.every((seq, i) => i === 0 || seq === (seqs[i - 1] ?? 0) + 1);
