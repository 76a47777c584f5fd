import type { Socket } from 'node:net';
import { COST, type Share } from './fair-share.ts';

/** Schedules TLS handshakes: each waits for its network's turn. */
export interface Handshakes {
  /**
   * Calls `begin` when it is the turn of a connection's network; `begin` starts the handshake, and its cost has been
   * paid by the next tick. Under load, a network that has used up its share waits for the next window. Resets a
   * connection when too many are waiting.
   */
  ask(accepted: Socket, place: number, begin: () => void): void;
  /** Connections that are waiting. */
  readonly waiting: number;
}

/** Dependencies of the scheduling of handshakes. */
export interface HandshakesDeps {
  /** Monotonic ms. */
  now(): number;
  readonly share: Share;
  /** Connections that may wait; beyond it the network with the most waiting loses its latest one. */
  readonly most: number;
  /** Called for each connection that is refused. */
  refused(): void;
  /** Hears of a handshake that could not begin. */
  fault?(error: unknown): void;
  /** Runs something after everything else that is ready. Default: `setImmediate`. */
  soon?(run: () => void): void;
  /** Runs something after the current work. Default: `process.nextTick`. */
  then?(run: () => void): void;
  /** Runs something after this many ms. Default: a timer that keeps no process alive. */
  later?(run: () => void, after: number): void;
}

/** Handshakes run for this long at a time, so they delay no row of listeners by more. */
export const SLICE_MS = 4;
/** When all who wait have used up their shares, they are looked at again after this long. */
export const AGAIN_MS = 50;
/** What a network may use before it is the next one's turn, in µs per unit of weight. */
const QUANTUM = COST.handshake;

interface Waiting {
  readonly accepted: Socket;
  readonly begin: () => void;
}
interface Line {
  readonly place: number;
  readonly list: Waiting[];
  /** Microseconds that may still be used in this turn; negative after an expensive handshake. */
  credit: number;
}

/**
 * Opens the scheduler. Handshakes cost more than anything else that a stranger can get for free, so they come after
 * work that is due, in short slices, and the networks take turns by what their handshakes cost (deficit round robin):
 * a network that asks for many delays only its own. Under load a network waits rather than being refused: many people
 * behind one address come slower, and none of them meets an error. Spec: Shreedhar and Varghese, SIGCOMM 1995.
 */
export function openHandshakes(deps: HandshakesDeps): Handshakes {
  const { now, share } = deps;
  const soon = deps.soon ?? ((run) => void setImmediate(run));
  const then = deps.then ?? process.nextTick;
  const later = deps.later ?? ((run, after) => void setTimeout(run, after).unref());
  /** Only networks with somebody waiting; the one whose turn it is comes first. */
  const lines = new Map<number, Line>();
  let waiting = 0;
  let running = false;
  /** True while all who wait have used up their shares. */
  let paused = false;
  /** What one handshake has cost lately, µs. */
  let usual: number = COST.handshake;

  const gone = ({ accepted }: Waiting): boolean => accepted.destroyed;
  /** The next in turn; undefined when nobody is waiting, or only networks that have used up their shares. */
  function next(): { readonly line: Line; readonly one: Waiting } | undefined {
    for (let without = 0; without <= lines.size; ) {
      const line: Line | undefined = lines.values().next().value;
      if (!line) return undefined;
      const one = line.list[0];
      if (!one || gone(one)) {
        if (one) {
          line.list.shift();
          waiting -= 1;
        }
        if (line.list.length === 0) lines.delete(line.place);
        continue;
      }
      const affords = share.hasLeft(line.place);
      without = affords ? 0 : without + 1;
      if (affords && line.credit > 0) {
        line.list.shift();
        waiting -= 1;
        return { line, one };
      }
      if (affords) line.credit += QUANTUM * share.weightAt(line.place);
      // To the end of the round.
      lines.delete(line.place);
      lines.set(line.place, line);
    }
    return undefined;
  }
  function again(): void {
    if (!paused) return;
    paused = false;
    slice();
  }
  function serve(until: number): void {
    const found = next();
    if (!found) {
      running = paused = waiting > 0;
      if (paused) later(again, AGAIN_MS);
      return;
    }
    const { line, one } = found;
    const began = now();
    try {
      one.begin();
    } catch (error) {
      // One that cannot begin must not end the turns of all.
      deps.fault?.(error);
      one.accepted.destroy();
    }
    // Node reads what has arrived on the next tick: that is the handshake itself.
    then(() => {
      const ended = now();
      const cost = (ended - began) * 1000;
      line.credit -= cost;
      share.charge(line.place, cost);
      usual += (cost - usual) / 16;
      if (line.list.length === 0 && lines.get(line.place) === line) lines.delete(line.place);
      if (ended < until) serve(until);
      else soon(slice);
    });
  }
  const slice = (): void => serve(now() + SLICE_MS);

  function refuse({ accepted }: Waiting): void {
    deps.refused();
    accepted.resetAndDestroy();
  }
  /** Removes the latest connection of the network with the most waiting. */
  function makeRoom(): void {
    let longest: Line | undefined;
    for (const line of lines.values())
      if (
        !longest ||
        line.list.length / share.weightAt(line.place) > longest.list.length / share.weightAt(longest.place)
      )
        longest = line;
    const last = longest?.list.pop();
    if (!last) return;
    waiting -= 1;
    refuse(last);
  }
  return {
    get waiting() {
      return waiting;
    },
    ask(accepted, place, begin) {
      const one = { accepted, begin };
      // Counted as asked for, so that capacity follows demand.
      share.affords(place, usual);
      let line = lines.get(place);
      if (!line) {
        line = { place, list: [], credit: 0 };
        lines.set(place, line);
      }
      line.list.push(one);
      waiting += 1;
      if (waiting > deps.most) makeRoom();
      if (running && !(paused && share.hasLeft(place))) return;
      running = true;
      paused = false;
      soon(slice);
    },
  };
}
