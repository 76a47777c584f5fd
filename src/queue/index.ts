/**
 * The queue for the live edge: tickets that no server stores, an order that anyone can check, a place given as a
 * range.
 */
import type { Reply } from '../base/reply.ts';
import { type AnswerDeps, openAnswers } from './answers.ts';
import { type Assignment, type AssignmentDeps, openAssignment } from './assignment.ts';
import { historyPath } from './line-file.ts';
import { openTickets } from './ticket.ts';
import type { QueueRequest } from './ticket-request.ts';

export type { Assignment, PlacedListener, ToldQueue } from './assignment.ts';
export type { Queue, QueueDeps, QueueSecond, QueueTold } from './cell.ts';
export { openQueue } from './cell.ts';
export { Line, type LineInput, type StoredLine } from './line.ts';
export type { QueueRequest } from './ticket-request.ts';

/** What the queue needs in a door. */
export interface QueueDoorDeps extends Omit<AssignmentDeps, 'tickets'> {
  /** The installation's secret; the key of tickets is derived from it. */
  readonly secret: Uint8Array;
  /** Folder where cells keep the lines of all rooms. */
  readonly dir: string;
  room: AnswerDeps['room'];
}

/** The queue as one door serves it. */
export interface QueueDoor
  extends Pick<Assignment, 'told' | 'over' | 'forget' | 'place' | 'spare' | 'ticketCounts'>,
    AsyncDisposable {
  /** `/r/:slug/queue.json`, `/queue.jsonl`, `/queue`, `/ticket`; undefined for every other path. */
  answer(request: QueueRequest): Promise<Reply> | undefined;
}

/** Opens the queue in a door. */
export function open(deps: QueueDoorDeps): QueueDoor {
  const assignment = openAssignment({ ...deps, tickets: openTickets(deps.secret) });
  const answer = openAnswers({
    clock: deps.clock,
    assignment,
    room: (slug) => deps.room(slug),
    history: (slug) => historyPath(deps.dir, slug),
  });
  return {
    answer,
    told: (queue, limit) => assignment.told(queue, limit),
    over: (slug) => assignment.over(slug),
    forget: (slug) => assignment.forget(slug),
    place: (slug, ticket, closeOther) => assignment.place(slug, ticket, closeOther),
    spare: (slug) => assignment.spare(slug),
    ticketCounts: () => assignment.ticketCounts(),
    async [Symbol.asyncDispose]() {},
  };
}
