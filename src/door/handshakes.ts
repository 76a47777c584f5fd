import type { Socket } from 'node:net';
import { COST, type Share } from './share.ts';

/** Connections whose TLS handshake waits for its network's turn. */
export interface Handshakes {
  /**
   * Has `begin` called when the turn of a connection's network has come; `begin` takes it up, and has done what it costs by the next tick.
   * Refuses by a reset when too many wait, or, under strain, when the network has had its share.
   */
  ask(accepted: Socket, place: number, begin: () => void): void;
  /** Connections that wait. */
  readonly waiting: number;
}

/** What the turns need. */
export interface HandshakesDeps {
  /** Monotonic ms. */
  now(): number;
  readonly share: Share;
  /** Connections that may wait; beyond it the network of which most wait loses the one that came last. */
  readonly most: number;
  /** Called for each connection that is refused. */
  refused(): void;
  /** Hears of a handshake that could not begin. */
  fault?(error: unknown): void;
  /** Runs something once whatever else is ready has had its turn. Default: `setImmediate`. */
  soon?(run: () => void): void;
  /** Runs something after what is to be done at once. Default: `process.nextTick`. */
  then?(run: () => void): void;
}

/** Handshakes go on for this long at a time: no row of listeners is later than that for them. */
export const SLICE_MS = 4;
/** What a network may use before the next has its turn, in µs for each weight. */
const QUANTUM = COST.handshake;

interface Waiting {
  readonly accepted: Socket;
  readonly begin: () => void;
}
interface Line {
  readonly place: number;
  readonly list: Waiting[];
  /** µs that may still be used in this turn; negative after a dear one. */
  credit: number;
}

/**
 * Opens the turns. Handshakes cost more than anything else a stranger can have for nothing, so they come after what is
 * due, in short slices, and the networks take turns by what theirs cost (deficit round robin): who asks for many waits for
 * their own. Spec: Shreedhar and Varghese, SIGCOMM 1995.
 */
export function openHandshakes(deps: HandshakesDeps): Handshakes {
  const { now, share } = deps;
  const soon = deps.soon ?? ((run) => void setImmediate(run));
  const then = deps.then ?? process.nextTick;
  /** Only networks of which somebody waits; whose turn it is stands first. */
  const lines = new Map<number, Line>();
  let waiting = 0;
  let running = false;
  /** What one costs lately, µs. */
  let usual: number = COST.handshake;

  const gone = ({ accepted }: Waiting): boolean => accepted.destroyed;
  /** The next in turn; undefined when nobody waits. */
  function next(): { readonly line: Line; readonly one: Waiting } | undefined {
    for (;;) {
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
      if (line.credit > 0) {
        line.list.shift();
        waiting -= 1;
        return { line, one };
      }
      line.credit += QUANTUM * share.weightAt(line.place);
      // To the end of the round.
      lines.delete(line.place);
      lines.set(line.place, line);
    }
  }
  function serve(until: number): void {
    const found = next();
    if (!found) {
      running = false;
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
    // Node reads what has come on the next tick: that is the handshake itself.
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
  /** Takes the last of the network of which most wait. */
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
      if (!share.affords(place, usual)) return refuse(one);
      let line = lines.get(place);
      if (!line) {
        line = { place, list: [], credit: 0 };
        lines.set(place, line);
      }
      line.list.push(one);
      waiting += 1;
      if (waiting > deps.most) makeRoom();
      if (running) return;
      running = true;
      soon(slice);
    },
  };
}
