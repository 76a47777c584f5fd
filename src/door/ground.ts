/** What a door is before anybody comes: who is who, what each costs, and who hears of it. */
import { randomBytes } from 'node:crypto';
import { ms } from '../base/time.ts';
import type { Admission } from './admission/admission.ts';
import { openReturnTokens, type ReturnTokens } from './admission/return-token.ts';
import { DoorAudience } from './audience/audience.ts';
import { Defence } from './defence/defence.ts';
import { WaitPasses } from './defence/wait-pass.ts';
import type { DoorDeps } from './deps.ts';
import { AnswerCounts } from './metrics/answer-counts.ts';
import { type Counters, openCounters } from './metrics/counters.ts';
import { type Fault, openFaults } from './metrics/faults.ts';
import type { AcceptQueue } from './network/accept-backlog.ts';
import { type Gate, openGate } from './network/connection-limit.ts';
import { Share } from './network/fair-share.ts';
import { type LateRefusals, openLateRefusals } from './network/late-refusals.ts';
import { Requesters } from './network/requesters.ts';
import { type Clients, openClients } from './network/trusted-proxies.ts';
import { FinishedRequests } from './request/finished-request.ts';
import { RoomGate } from './request/room-gate.ts';
import { type Batch, openBatch } from './socket/batched-write.ts';
import type { Tls } from './tls.ts';

/** What is known only once the door listens. */
export interface Bound {
  port: number;
  plainPort: number | undefined;
  tls: Tls | undefined;
  accepting: AcceptQueue | undefined;
  admission: Admission | undefined;
}

/** What all others stand on. */
export interface DoorGround {
  readonly counters: Counters;
  readonly fault: Fault;
  readonly batch: Batch;
  readonly share: Share;
  readonly gate: Gate;
  readonly clients: Clients;
  readonly requesters: Requesters;
  readonly defence: Defence;
  readonly late: LateRefusals;
  /** Who may pass to which room. */
  readonly rooms: RoomGate;
  /** Hears of every request that is over. */
  readonly finished: FinishedRequests;
  readonly answerCounts: AnswerCounts;
  readonly returnTokens: ReturnTokens;
  /** Who hears what; absent where nothing is counted. */
  readonly audience: DoorAudience | undefined;
}

/** Opens it; `bound` is read once the ports are open. */
export function openGround({ clock, log, limits, ...deps }: DoorDeps, bound: Bound): DoorGround {
  const counters = openCounters();
  const fault = openFaults({ clock, log, counters });
  const batch = openBatch(deps.uring, {
    fault,
    lost: (reset) =>
      log.error(
        { reset },
        'io_uring stopped answering: from now on each write to a listener is a call of its own, which takes a little more CPU',
      ),
  });
  const share = new Share(Math.floor(Math.random() * 2 ** 32));
  const key = deps.returnKey ?? randomBytes(32);
  const returnTokens = openReturnTokens(key, () => clock.wall());
  const audience = deps.audience && openDoorAudience({ clock, ...deps }, deps.audience);
  const defence = openDoorDefence({ clock, log, limits, ...deps }, bound, { key, returnTokens, audience });
  const gate = openGate({
    ...{ limits, share },
    closed: ({ requester }) => requester && !requester.proxied && defence.slot(requester, -1),
  });
  const clients = openClients(deps.trustedProxies ?? []);
  const finished = new FinishedRequests();
  if (deps.defence && deps.defence.mode !== 'off') finished.listen(defence.charge);
  if (deps.requestOver) finished.listen(deps.requestOver);
  const answerCounts = new AnswerCounts();
  finished.listen((request) => answerCounts.count(request));
  const requesters = new Requesters({
    ...{ clients, gate, seed: Math.floor(Math.random() * 2 ** 32) },
    came(requester, before) {
      if (before) defence.slot(before, -1);
      defence.slot(requester, 1);
    },
  });
  return {
    ...{
      counters,
      fault,
      batch,
      share,
      gate,
      clients,
      defence,
      late: openLateRefusals(clock, limits.lateRefusals),
      finished,
      answerCounts,
      requesters,
      returnTokens,
      audience,
    },
    rooms: openRoomGate({ clock, ...deps }),
  };
}

function openRoomGate({
  clock,
  origin,
  opensRoom,
  knowsToken,
}: Pick<DoorDeps, 'clock' | 'origin' | 'opensRoom' | 'knowsToken'>): RoomGate {
  return new RoomGate({
    card: (slug) => origin.card(slug),
    ...(opensRoom ? { opens: (room, key) => opensRoom(room, key, clock.wall()) } : {}),
    ...(knowsToken ? { knowsToken: (token, slug) => knowsToken(token, slug, clock.wall()) } : {}),
  });
}

function openDoorDefence(
  deps: DoorDeps,
  bound: Bound,
  {
    key,
    returnTokens,
    audience,
  }: Pick<DoorGround, 'returnTokens' | 'audience'> & { readonly key: Uint8Array },
): Defence {
  const { clock, log, defence, knowsToken } = deps;
  return new Defence({
    strained: () => bound.admission?.strained === true,
    ...{ clock, log, mode: 'off', expiry: ms(0), ...defence },
    passes: new WaitPasses(key, () => clock.wall()),
    returns: (token, slug, network) => returnTokens.holds(token, slug, network),
    ...(audience ? { knowsSession: (token, slug) => audience.knowsSession(token, slug) } : {}),
    ...(knowsToken ? { knowsToken: (token, slug) => knowsToken(token, slug, clock.wall()) } : {}),
  });
}

function openDoorAudience(
  { clock, origin, knowsToken }: Pick<DoorDeps, 'clock' | 'origin' | 'knowsToken'>,
  options: NonNullable<DoorDeps['audience']>,
): DoorAudience {
  return new DoorAudience({ ...options, clock, origin, ...(knowsToken ? { knowsToken } : {}) });
}
