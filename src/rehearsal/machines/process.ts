import type { Clock } from '../../base/clock.ts';
import { ms } from '../../base/time.ts';
import { arrivalAt, curveLength } from '../order/curve.ts';
import type { CrowdOrder } from '../order/order.ts';
import { type Gauges, type Second, SecondCounter } from '../order/second.ts';
import { openDialler } from '../people/connection.ts';
import { HlsListener } from '../people/hls-listener.ts';
import { PageListener } from '../people/page-listener.ts';
import type { Crew, Person } from '../people/person.ts';
import { StreamListener } from '../people/stream-listener.ts';
import { Visitor } from '../people/visitor.ts';

/** How often arrivals are handled. */
const STEP_MS = 10;
/** How often time-outs and retries are handled. */
const SWEEP_MS = 50;
/** The most connections opened in one step, so that current listeners are served in between. */
const MAX_PER_STEP = 100;
/** A process that is later than this opens no connections until it has caught up. */
const BUSY_MS = 200;
/** A person who arrives this much later than planned is counted as held back. */
const HELD_BACK_MS = 500;
/** Ports that one source address gives: net.ipv4.ip_local_port_range is 28,232 by default. */
const PER_SOURCE = 20_000;

/** A part of a rehearsal that runs in this process. */
export interface ProcessShare extends Disposable {
  /** Everyone leaves now. */
  stop(): void;
}

/** Carries out an order; `said` gets each second, and then `done` is called once. */
export function openShare(
  clock: Clock,
  order: CrowdOrder,
  said: (second: Second) => void,
  done: () => void,
): ProcessShare {
  const counter = new SecondCounter();
  const people: Person[] = [];
  const began = clock.now() + order.startsIn;
  const end = began + curveLength(order.curve) + order.hold;
  let random = (order.seed * 2_654_435_761) >>> 0 || 1;
  let came = 0;
  let told = 0;
  let swept = 0;
  let stepped = clock.now();
  let late = 0;
  let over = false;

  const crew: Crew = {
    clock,
    order,
    counter,
    dialler: openDialler(order.address),
    random() {
      // Park and Miller's generator with the constant of 1993.
      random = Number((BigInt(random) * 48_271n) % 2_147_483_647n);
      return random / 2_147_483_647;
    },
    lateness: () => Math.max(late, clock.now() - stepped - STEP_MS),
  };

  const enter = (index: number, arrived: number): void => {
    const from = order.from[Math.floor(index / PER_SOURCE) % Math.max(1, order.from.length)];
    const kind = crew.random();
    const Kind =
      kind < order.hls ? HlsListener : kind < order.hls + order.asPage ? PageListener : StreamListener;
    const listen = (): Person => new Kind(crew, from, Math.max(arrived, clock.now()));
    counter.count('arrived');
    people.push(crew.random() < order.pages ? new Visitor(crew, from, listen) : listen());
  };

  function gauges(now: number): Gauges {
    const sum = { hearing: 0, dry: 0, waiting: 0, ring: 0, placed: 0, gone: 0 };
    for (const person of people) sum[person.where(now)] += 1;
    const { gone, ...rest } = sum;
    return rest;
  }

  function step(): void {
    const now = clock.now();
    late = Math.max(0, now - stepped - STEP_MS);
    stepped = now;
    if (now < began) return;
    counter.measure('lateness', late);
    if (late < BUSY_MS) {
      for (let opened = 0; opened < MAX_PER_STEP && came < order.listeners; opened++) {
        const planned = began + arrivalAt(order.curve, (came + 0.5) / order.listeners);
        if (planned > now) break;
        if (now - planned > HELD_BACK_MS) counter.count('heldBack');
        enter(came, now);
        came++;
      }
    }
    if (now - swept >= SWEEP_MS) {
      swept = now;
      for (const person of people) person.sweep(now);
    }
    const second = Math.floor((now - began) / 1000);
    if (second > told) {
      said(counter.take(second - 1, gauges(now)));
      told = second;
    }
    if (now >= end) stop();
  }

  function stop(): void {
    if (over) return;
    over = true;
    timer[Symbol.dispose]();
    const now = clock.now();
    const last = gauges(now);
    for (const person of people) person.leave(now);
    people.length = 0;
    said(counter.take(Math.max(told, Math.floor((now - began) / 1000)), last));
    done();
  }
  const timer = clock.every(ms(STEP_MS), step);
  return { stop, [Symbol.dispose]: stop };
}
