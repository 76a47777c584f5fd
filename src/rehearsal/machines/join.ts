import { createConnection } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { FRAGMENT_MS, ms } from '../../base/time.ts';
import { findAddress } from '../order/address.ts';
import { curveLength } from '../order/curve.ts';
import type { Member, MemberCommand, ServerAddress } from '../order/order.ts';
import { fetchConsent, HOW_TO_CONSENT, objection } from './consent.ts';
import { type ReceivedOrder, readOrder } from './received-order.ts';
import { openLine } from './signed-channel.ts';
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

/** How often each machine itself asks whether the operator still consents. */
const CONSENT_MS = 10_000;

/**
 * Takes part in one rehearsal. Resolves with why it ended. It looks the target up and asks it for its
 * consent itself: a leader names a server and cannot aim the crowd at another address.
 */
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
  await using asking = new AsyncDisposableStack();
  const refuse = (why: string): void => {
    line.send({ kind: 'refused', why });
    end.resolve(why);
  };
  const begin = async (sent: unknown): Promise<void> => {
    const asked = clock.now();
    const received = readOrder(sent);
    if (!received) return refuse('this is not a rehearsal order');
    const { url, order } = received;
    const address = await findAddress(url).catch(() => undefined);
    const why = await objectionTo(received, address, key, clock.wall());
    if (!address || why !== undefined) return refuse(why ?? `${url.host} does not answer`);
    note(`${order.listeners} listeners for ${url.host}/r/${order.slug}`);
    // The crowd never goes to the leader's address, only to the server that consented.
    team.begin({ ...order, address, startsIn: Math.max(0, order.startsIn - (clock.now() - asked)) });
    asking.use(
      clock.every(ms(CONSENT_MS), () => {
        objectionTo(received, address, key, clock.wall(), clock.wall()).then(
          (now) => now !== undefined && team.stop(),
          // Too busy to answer is no withdrawal.
          () => {},
        );
      }),
    );
  };
  line.onMessage((message) => {
    if (message.kind === 'ping') {
      line.send({ kind: 'pong', sent: (message as { sent?: number }).sent, wall: clock.wall() });
      return;
    }
    const told = message as MemberCommand;
    if (told.kind === 'stop') team.stop();
    else if (told.kind === 'begin' && !begun) {
      begun = true;
      begin(told.order).catch((error: Error) => refuse(error.message));
    }
  });
  line.onEnd((why) => {
    team.stop();
    end.resolve(why);
  });
  line.send({ kind: 'ready', capacity: team.capacity, processes: team.processes });
  // Awaited here, because the resources in use must stay open until then.
  return await end.promise;
}

/** @throws when the server is too busy to say. */
async function objectionTo(
  { order, url }: ReceivedOrder,
  address: ServerAddress | undefined,
  key: string,
  now: number,
  until?: number,
): Promise<string | undefined> {
  const { slug, listeners } = order;
  const consent = address && (await fetchConsent(address));
  if (!consent) return `${url.host} publishes no consent. ${HOW_TO_CONSENT}`;
  const ends = until ?? now + order.startsIn + curveLength(order.curve) + order.hold - FRAGMENT_MS;
  return objection(consent, { slug, listeners, key, now, ends });
}
