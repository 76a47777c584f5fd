import { type LevelChange, RoomSteering } from '../../src/ladder/index.ts';
import { Line } from '../../src/queue/line.ts';
import { TicketCounter } from '../../src/queue/ticket-counter.ts';
import { type Delivery, LEVELS } from '../../src/wire/delivery.ts';
import { type Arrivals, bySecond, dice } from './arrivals.ts';
import { DoorModel } from './door.ts';
import { Waiting } from './waiting.ts';

/** Settings of the simulation. */
export interface EveningSettings {
  readonly doors: number;
  /** Bytes/s of all doors. */
  readonly egress: number;
  /** HTTP caches in front, with unlimited capacity. */
  readonly caches: boolean;
  /** The host's cap on live listeners. */
  readonly cap?: number;
  readonly speed?: number;
  readonly workLeast?: number;
}

/** One second of the evening. */
export interface Sample {
  readonly second: number;
  readonly arrivals: number;
  /** People by what they receive. */
  readonly live: number;
  readonly ring: number;
  readonly cache: number;
  readonly text: number;
  /** People in line; they hear the delayed stream meanwhile. */
  readonly line: number;
  readonly perMinute: number;
  readonly level: number;
  /** The highest of all doors, ms. */
  readonly wait: number;
  readonly egress: number;
  readonly busy: number;
  /** Live listeners whose door was later than a player's buffer allows. */
  readonly late: number;
}

/** The result. */
export interface Evening {
  readonly samples: readonly Sample[];
  readonly turns: readonly (LevelChange & { readonly second: number })[];
  readonly arrivals: Arrivals;
  readonly tickets: number;
  readonly forged: number;
  /** Seconds that people stood in line until they reached the live edge, in order. */
  readonly waits: Float64Array;
  /** People by their first answer: live, ring, cache or text. No answer is an error. */
  readonly first: Readonly<Record<'live' | 'ring' | 'cache' | 'text', number>>;
}

type Place = 'away' | 'live' | 'ring' | 'cache' | 'text';
const PLACES: readonly Place[] = ['away', 'live', 'ring', 'cache', 'text'];
const at = (place: Place): number => PLACES.indexOf(place);

const SLUG = 'evening';
const START = Date.UTC(2026, 7, 12, 23, 50);
/** A player's buffer beyond the write period, ms. */
const MARGIN = 300;
/** Interval in s after which people at the text page, or at a cache without a ticket, check again for a place. */
const LOOK = { text: 30, cache: 300 };
/** Share of called people who never come. */
const NO_SHOW = 0.03;

/** Runs the simulation second by second: real ladders, real steering, real line, individual people. */
export function simulate(arrivals: Arrivals, settings: EveningSettings, seed = 1): Evening {
  const random = dice(seed);
  const people = arrivals.come.length;
  const doors = Array.from({ length: settings.doors }, (_, i) => {
    const { speed, workLeast } = settings;
    return new DoorModel({
      ...{ name: `door-${i}`, slug: SLUG, egress: settings.egress / settings.doors },
      ...(speed === undefined ? {} : { speed }),
      ...(workLeast === undefined ? {} : { workLeast }),
    });
  });
  const counters = doors.map(({ name }) => new TicketCounter(name));
  const steering = new RoomSteering({
    period: 320,
    caches: settings.caches ? ['https://cache'] : [],
    wall: START,
  });
  const line = new Line(SLUG);
  const waiting = new Waiting(SLUG, random);
  const place = new Uint8Array(people);
  const door = new Uint8Array(people);
  const ticketed = new Uint8Array(people);
  const drawnAt = new Float32Array(people);
  const count = { away: 0, live: 0, ring: 0, cache: 0, text: 0 };
  const first = { live: 0, ring: 0, cache: 0, text: 0 };
  const coming = bySecond(arrivals.come, arrivals.length);
  const going = bySecond(arrivals.go, arrivals.length);
  const called = new Map<number, { person: number; minute: number; rank: number }[]>();
  const lookers = new Map<number, number[]>();
  const samples: Sample[] = [];
  const turns: (LevelChange & { second: number })[] = [];
  const waits: number[] = [];
  let limits: Record<string, number> = {};
  let told: Delivery = steering.delivery(0, settings.cap);

  const put = (person: number, to: Place): void => {
    const from = PLACES[place[person] ?? 0] ?? 'away';
    const its = doors[door[person] ?? 0] as DoorModel;
    if (from === 'live') its.leave('live');
    if (from === 'ring') its.leave('ring');
    if (to === 'live') its.join('live');
    if (to === 'ring') its.join('ring');
    count[from] -= 1;
    count[to] += 1;
    place[person] = at(to);
  };
  const lookAgain = (person: number, second: number, where: keyof typeof LOOK): void => {
    const when = second + 1 + Math.floor(random() * LOOK[where]);
    const list = lookers.get(when);
    if (list) list.push(person);
    else lookers.set(when, [person]);
  };
  /** Where a door sends a person without a called ticket. */
  const answer = (person: number, now: number): Exclude<Place, 'away'> => {
    const its = doors[door[person] ?? 0] as DoorModel;
    const delivery = its.delivery(now);
    const newcomers =
      told.newcomers === 'queue' && delivery.newcomers !== 'text' ? 'queue' : delivery.newcomers;
    if (newcomers === 'text') return 'text';
    if (newcomers === 'cache' && settings.caches) return 'cache';
    const limit = limits[its.name];
    const free = limit === undefined ? newcomers !== 'queue' : its.live < limit;
    return free ? 'live' : 'ring';
  };
  const welcome = (person: number, second: number, now: number): Exclude<Place, 'away'> => {
    const to = answer(person, now);
    if (to === 'ring') {
      if (!ticketed[person]) {
        const ticket = waiting.draw(person, line.state.open, START + now);
        counters[door[person] ?? 0]?.gave(ticket);
        ticketed[person] = 1;
        drawnAt[person] = second;
      }
      // If there are caches, they serve the delayed stream.
      put(person, settings.caches ? 'cache' : 'ring');
    } else put(person, to);
    if (to === 'text' || to === 'cache') lookAgain(person, second, to);
    return to;
  };

  for (let second = 0; second < arrivals.length; second++) {
    const now = second * 1000;
    const came = (coming.from[second + 1] ?? 0) - (coming.from[second] ?? 0);
    for (let k = coming.from[second] ?? 0; k < (coming.from[second + 1] ?? 0); k++) {
      const person = coming.order[k] ?? 0;
      door[person] = Math.floor(random() * doors.length);
      count.away += 1;
      first[welcome(person, second, now)] += 1;
    }
    for (let k = going.from[second] ?? 0; k < (going.from[second + 1] ?? 0); k++) {
      const person = going.order[k] ?? 0;
      if (place[person] === 0) continue;
      put(person, 'away');
      count.away -= 1;
      place[person] = 255;
    }
    for (const { person, minute, rank } of called.get(second) ?? []) {
      if (place[person] === 255 || place[person] === at('live')) continue;
      put(person, 'live');
      waits.push(second - (drawnAt[person] ?? 0));
      counters[door[person] ?? 0]?.came({ slug: SLUG, minute, rank, kind: 'wait', until: 0 });
    }
    called.delete(second);
    for (const person of lookers.get(second) ?? []) {
      const where = place[person];
      if (where !== at('cache') && where !== at('text')) continue;
      if (!ticketed[person]) welcome(person, second, now);
    }
    lookers.delete(second);

    for (const its of doors) {
      its.second(now);
      const wish = its.ladder.wish(SLUG);
      const live = its.live;
      steering.hear(
        {
          ...{ kind: 'presence', slug: SLUG, door: its.name, streams: live + its.ring, live },
          ...wish,
          spare: its.ladder.spare(SLUG, now as never),
        },
        now,
      );
    }
    const turn = steering.turn(now, START + now);
    if (turn) turns.push({ ...turn, second });
    told = steering.delivery(now, settings.cap);
    for (const its of doors) its.ladder.told(SLUG, told.level, now as never);
    const holding = told.newcomers === 'text' || (LEVELS[told.level]?.newcomers ?? 'live') === 'queue';
    for (const counter of counters) line.take(counter.told(), now);
    line.step({
      ...{ now, wall: START + now, live: steering.live(now), holding, spare: steering.spare(now) },
      ...(settings.cap === undefined ? {} : { cap: settings.cap }),
      draw: START + arrivals.start * 1000,
    });
    limits = line.needed ? line.limits(steering.doors(now)) : {};
    const { admitted, poll } = line.state;
    for (const ticket of waiting.called(admitted)) {
      if (place[ticket.person] === 255) continue;
      if (random() < NO_SHOW) {
        put(ticket.person, 'away');
        count.away -= 1;
        place[ticket.person] = 255;
        continue;
      }
      const when = second + 1 + Math.floor((random() * poll) / 1000);
      const list = called.get(when);
      if (list) list.push(ticket);
      else called.set(when, [ticket]);
    }
    for (const counter of counters) counter.passed(line.state);

    let [wait, egress, busy, late] = [0, 0, 0, 0];
    for (const its of doors) {
      wait = Math.max(wait, its.wait);
      busy = Math.max(busy, its.busy);
      egress += its.egress;
      late += its.wait > MARGIN ? its.live : Math.round(its.live * its.choked);
    }
    samples.push({
      ...{ second, arrivals: came, live: count.live, ring: count.ring, cache: count.cache, text: count.text },
      ...{ line: line.waiting, perMinute: line.state.perMinute, level: told.level, wait, egress, busy, late },
    });
  }
  return {
    ...{ samples, turns, arrivals, tickets: waiting.given, forged: waiting.forged, first },
    waits: Float64Array.from(waits).sort(),
  };
}
