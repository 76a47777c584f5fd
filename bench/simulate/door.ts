import { ms } from '../../src/base/time.ts';
import { Ladder, type LadderSettings, type Signals, type Step } from '../../src/ladder/index.ts';
import { type Delivery, deliveryAt } from '../../src/wire/delivery.ts';
import { bytesPerSecond, CORE_SHARE, FULL_BITRATE, JOIN_US, listenerUs, REPACE_S } from './costs.ts';

/** The limits of a door model. */
export interface DoorModelSettings extends LadderSettings {
  readonly name: string;
  readonly slug: string;
  /** Bytes/s that the network takes from this door; its ladder knows this limit unless it is set otherwise. */
  readonly egress: number;
  /** Speed relative to the machine of docs/performance.md. */
  readonly speed?: number;
  /** The configured write period, ms. */
  readonly period?: number;
}

/** Milliseconds between two writes of the delayed stream. */
const DELAYED_PERIOD = 5120;
/** A slot of the write period, ms. */
const SLOT = 20;

/**
 * One door as a queue of work in front of one core and one network link, with the real ladder on its measurements.
 * Listeners are counted per write period. A late core merges writes, as the real one does, so its backlog is one round
 * at most.
 */
export class DoorModel {
  readonly name: string;
  readonly ladder: Ladder;
  readonly steps: Step[] = [];
  /** Listeners at the live edge, by their write period. */
  readonly lanes = new Map<number, number>();
  ring = 0;
  /** Delay of writes in the last second, ms. */
  wait = 0;
  /** Share of listeners whose bytes exceeded the network link in the last second. */
  choked = 0;
  busy = 0;
  egress = 0;
  readonly #settings: Required<Pick<DoorModelSettings, 'speed' | 'period'>> & DoorModelSettings;
  #backlogUs = 0;
  #joins = 0;
  #moves: { at: number; from: number; to: number }[] = [];
  #period: number;

  constructor(settings: DoorModelSettings) {
    this.#settings = { speed: 1, period: 320, ...settings };
    this.name = settings.name;
    this.ladder = new Ladder({ egressLimit: settings.egress, ...settings });
    this.#period = this.#settings.period;
  }

  /** Listeners at the live edge. */
  get live(): number {
    let sum = 0;
    for (const count of this.lanes.values()) sum += count;
    return sum;
  }

  /** Its delivery for the room now: its own level or the one it was told, whichever is higher. */
  delivery(now: number): Delivery {
    return deliveryAt(this.ladder.level(this.#settings.slug, ms(now)), {
      period: this.#settings.period,
      since: 0,
    });
  }

  /** One listener joins. */
  join(place: 'live' | 'ring') {
    this.#joins += 1;
    if (place === 'ring') this.ring += 1;
    else this.lanes.set(this.#period, (this.lanes.get(this.#period) ?? 0) + 1);
  }

  /** One listener leaves, from the fullest lane, because listeners are anonymous here. */
  leave(place: 'live' | 'ring') {
    if (place === 'ring') {
      this.ring -= 1;
      return;
    }
    const [period, count] = [...this.lanes].reduce((a, b) => (b[1] > a[1] ? b : a), [this.#period, 0]);
    this.lanes.set(period, count - 1);
  }

  /** One second of work, followed by one evaluation of the ladder. */
  second(now: number): readonly Step[] {
    const { slug, speed } = this.#settings;
    const delivery = this.delivery(now);
    this.#repace(delivery.period, now);
    const bitrate = delivery.ceiling ?? FULL_BITRATE;
    let round = this.ring * listenerUs(DELAYED_PERIOD, bitrate) * (DELAYED_PERIOD / 1000);
    let work = this.#joins * JOIN_US + this.ring * listenerUs(DELAYED_PERIOD, bitrate);
    for (const [period, count] of this.lanes) {
      work += count * listenerUs(period, bitrate);
      round += count * listenerUs(period, bitrate) * (period / 1000);
    }
    const capacity = 1e6 * CORE_SHARE * speed;
    this.#backlogUs = Math.min(
      Math.max(round, this.#joins * JOIN_US),
      Math.max(0, this.#backlogUs + work - capacity),
    );
    this.busy = work / capacity;
    this.wait = SLOT * Math.min(1, this.busy) + this.#backlogUs / (1000 * CORE_SHARE * speed);
    const listeners = this.live + this.ring;
    this.egress = listeners * bytesPerSecond(bitrate);
    this.choked = this.egress > this.#settings.egress ? 1 - this.#settings.egress / this.egress : 0;
    const signals: Signals = {
      wait: this.wait,
      loop: 5 + this.wait / 2,
      unsent: Math.round(listeners * this.choked),
      connections: listeners,
      egress: this.egress,
      joins: this.#joins,
      rooms: new Map([[slug, { streams: listeners, live: this.live }]]),
    };
    this.#joins = 0;
    const steps = this.ladder.observe(ms(now), signals);
    this.steps.push(...steps);
    return steps;
  }

  /** New listeners get `period` at once; current listeners change to a longer period gradually. */
  #repace(period: number, now: number) {
    this.#period = period;
    for (const [lane, count] of this.lanes) {
      if (count === 0 || lane === period || this.#moves.some(({ from }) => from === lane)) continue;
      const doublings = Math.max(0, Math.log2(period / lane));
      this.#moves.push({ at: now + doublings * REPACE_S * 1000, from: lane, to: period });
    }
    this.#moves = this.#moves.filter(({ at, from, to }) => {
      // A shorter period takes effect at once, whatever was announced.
      if (at > now && period > from) return true;
      const lane = period > from ? to : period;
      this.lanes.set(lane, (this.lanes.get(lane) ?? 0) + (this.lanes.get(from) ?? 0));
      this.lanes.delete(from);
      return false;
    });
  }
}
