import { problem, type Reply } from '../../base/reply.ts';
import type { Removed } from '../../wire/recording.ts';
import type { RoomCard } from '../../wire/room.ts';
import { OPEN_TO_ALL } from '../packed.ts';

const BY: Record<Removed['by'], string> = {
  host: ' by its host',
  operator: ' by the operator',
  age: ', because recordings are kept for a limited time here',
  quota: ', because the space for recordings was full',
  unknown: '',
};

/** When a recording was removed, and by whom. */
export function removedWords({ at, by }: Removed): string {
  const [day = '', time = ''] = new Date(at).toISOString().split('T');
  return `The recording was removed on ${day} at ${time.slice(0, 5)} UTC${BY[by] ?? ''}.`;
}

/** Why there is nothing to replay. */
export function notThere({ welcome, clocks }: RoomCard, over: boolean): Reply {
  if (welcome) return problem('not-found', 'The demo room is not recorded.', OPEN_TO_ALL);
  if (!over)
    return problem(
      'room-not-open',
      'Nothing is recorded yet: the recording begins when the room goes live.',
      OPEN_TO_ALL,
    );
  return clocks.firstSpeech === undefined
    ? problem('not-found', 'This room was not recorded.', OPEN_TO_ALL)
    : problem('recording-removed', 'The recording was removed.', OPEN_TO_ALL);
}
