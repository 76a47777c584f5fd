import type { Interaction, InteractionHooks, InteractionRoom } from '../../interaction/index.ts';
import type { StageRoom } from '../../stage/index.ts';
import type { RoomRecording } from './room-recording.ts';

/** What the interaction of a room needs of the rest of it. */
export interface RoomInteractionDeps
  extends Pick<InteractionHooks, 'changed' | 'publish'>,
    Required<Pick<InteractionHooks, 'withdrawn'>> {
  readonly recording: Pick<RoomRecording, 'wall' | 'mark'>;
  readonly stage: StageRoom;
}

/** Opens reactions, questions and pins of a running room; a person banned from its stage takes no part here either. */
export const openRoomInteraction = (
  part: Pick<Interaction, 'openRoom'> | undefined,
  slug: string,
  { recording, stage, changed, publish, withdrawn }: RoomInteractionDeps,
): InteractionRoom | undefined =>
  part?.openRoom(slug, {
    ...{ changed, publish, withdrawn },
    // In whole milliseconds, as everything that people read.
    wall: () => Math.round(recording.wall()),
    mark: (mark) => recording.mark(mark),
    barred: (grant) => stage.refusal(grant),
    isHost: ({ speaker, role }) => stage.isHost(speaker, role),
    banned: (device) =>
      stage.raised.bans.of({ device })
        ? { refused: 'banned', detail: 'A host of this room has banned this device.' }
        : undefined,
  });
