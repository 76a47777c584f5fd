/**
 * The queue for the live edge: tickets that no server stores, an order that anyone can check, a place given as a
 * range.
 */
import type { Reply } from '../base/reply.ts';
import { type AnswerDeps, openAnswers } from './answers.ts';
import { type Desk, type DeskDeps, openDesk } from './desk.ts';
import { historyPath } from './line-file.ts';
import { openTickets } from './ticket.ts';
import type { QueueRequest } from './ticket-request.ts';

export type { Queue, QueueDeps, QueueSecond, QueueTold } from './cell.ts';
export { openQueue } from './cell.ts';
export type { Desk, Placed, Told } from './desk.ts';
export { Line, type LineInput, type LineRecord } from './line.ts';
export type { QueueRequest } from './ticket-request.ts';

/** What the queue needs in a door. */
export interface QueueDoorDeps extends Omit<DeskDeps, 'tickets'> {
  /** The installation's secret; the key of tickets is derived from it. */
  readonly secret: Uint8Array;
  /** Folder where cells keep the lines of all rooms. */
  readonly dir: string;
  room: AnswerDeps['room'];
}

/** The queue as one door serves it. */
export interface QueueDoor
  extends Pick<Desk, 'told' | 'over' | 'forget' | 'place' | 'spare' | 'tallies'>,
    AsyncDisposable {
  /** `/r/:slug/queue.json`, `/queue.jsonl`, `/queue`, `/ticket`; undefined for every other path. */
  answer(request: QueueRequest): Promise<Reply> | undefined;
}

/** Opens the queue in a door. */
export function open(deps: QueueDoorDeps): QueueDoor {
  const desk = openDesk({ ...deps, tickets: openTickets(deps.secret) });
  const answer = openAnswers({
    clock: deps.clock,
    desk,
    room: (slug) => deps.room(slug),
    history: (slug) => historyPath(deps.dir, slug),
  });
  return {
    answer,
    told: (queue, limit) => desk.told(queue, limit),
    over: (slug) => desk.over(slug),
    forget: (slug) => desk.forget(slug),
    place: (slug, ticket, retake) => desk.place(slug, ticket, retake),
    spare: (slug) => desk.spare(slug),
    tallies: () => desk.tallies(),
    async [Symbol.asyncDispose]() {},
  };
}
