import { createConnection } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { FRAGMENT_MS } from '../base/time.ts';
import { fetchConsent, HOW_TO_CONSENT, objection } from './consent.ts';
import { curveLength } from './curve.ts';
import { openLine } from './line.ts';
import type { Member, Order, Told } from './order.ts';
import { openTeam, type Team } from './team.ts';

/** What a machine needs to take part in somebody else's rehearsal. */
export interface JoinDeps {
  readonly clock: Clock;
  /** Where the leader listens. */
  readonly leader: { readonly host: string; readonly port: number };
  readonly key: string;
  /** The processes of this machine; closed at the end. */
  readonly members: readonly Member[];
  note(line: string): void;
}

/** Takes part in one rehearsal. Resolves with why it ended. It asks the target for its consent itself, whoever leads. */
export async function join(deps: JoinDeps): Promise<string> {
  const { clock, key, note } = deps;
  const socket = createConnection(deps.leader);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  using line = await openLine(socket, key, 'member');
  const end = Promise.withResolvers<string>();
  using team: Team = openTeam(deps.members, {
    second: (second) => line.send({ kind: 'second', second }),
    lost: (name, why) => note(`${name}: ${why}`),
    done: () => {
      line.send({ kind: 'done' });
      end.resolve('done');
    },
  });
  let begun = false;
  const begin = async (order: Order): Promise<void> => {
    const asked = clock.now();
    const why = await objectionTo(order, key, clock.wall() + order.clockOffset);
    if (why !== undefined) {
      line.send({ kind: 'refused', why });
      return end.resolve(why);
    }
    note(`${order.listeners} listeners for ${order.address.name}/r/${order.slug}`);
    team.begin({ ...order, startsIn: Math.max(0, order.startsIn - (clock.now() - asked)) });
  };
  line.onMessage((message) => {
    if (message.kind === 'ping') {
      line.send({ kind: 'pong', sent: (message as { sent?: number }).sent, wall: clock.wall() });
      return;
    }
    const told = message as Told;
    if (told.kind === 'stop') team.stop();
    else if (told.kind === 'begin' && !begun) {
      begun = true;
      begin(told.order).catch((error: Error) => end.resolve(error.message));
    }
  });
  line.onEnd((why) => {
    team.stop();
    end.resolve(why);
  });
  line.send({ kind: 'ready', capacity: team.capacity, processes: team.processes });
  // Awaited here: what is in use must stay open until then.
  return await end.promise;
}

async function objectionTo(order: Order, key: string, now: number): Promise<string | undefined> {
  const { address, slug, listeners } = order;
  const consent = await fetchConsent(`${address.tls ? 'https' : 'http'}://${address.name}`).catch(
    () => undefined,
  );
  if (!consent) return `${address.name} publishes no consent. ${HOW_TO_CONSENT}`;
  const ends = now + order.startsIn + curveLength(order.curve) + order.hold - FRAGMENT_MS;
  return objection(consent, { slug, listeners, key, now, ends });
}
