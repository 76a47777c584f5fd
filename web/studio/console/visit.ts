import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { isOver, isRunning } from '../../../src/wire/room.ts';
import type { RoomFeed } from '../feed/room-feed.ts';
import type { HostActions } from '../host/host-actions.ts';
import type { Link } from '../link/link.ts';
import type { Voice } from '../voice/voice.ts';

/** The page that the studio shows. */
export type VisitPhase = 'bad-link' | 'check' | 'stage' | 'removed' | 'left' | 'over';

/** One person's visit to the studio: from the check to the stage, and how it ended. */
export interface Visit {
  readonly phase: ReadonlySignal<VisitPhase>;
  /** True while the check or the stage is shown: the visit is not over. */
  readonly working: ReadonlySignal<boolean>;
  /** True for somebody who has joined before the room opened; they come on stage when it opens. */
  readonly waiting: ReadonlySignal<boolean>;
  /** Who took this person off the stage. */
  readonly removedBy: Signal<string | undefined>;
  /** Comes on stage, or waits for the room to open. Without a microphone the person only listens. */
  join(takeover?: boolean): void;
  leave(): void;
  /** Joins, and goes live once on stage. */
  joinAndGoLive(): Promise<void>;
}

/** Dependencies of a visit. */
export interface VisitDeps {
  readonly link: Pick<Link, 'flaw'>;
  readonly room: Pick<RoomFeed, 'state' | 'status' | 'contact'>;
  readonly voice: Voice;
  readonly host: Pick<HostActions, 'change'>;
  /** Called when somebody without a microphone tries to go live. */
  noMicrophone(): void;
}

/** Opens the visit of one person. */
export function openVisit({ link, room, voice, host, noMicrophone }: VisitDeps): Visit {
  const removedBy = signal<string | undefined>();
  const left = signal(false);
  const wasOn = signal(false);
  const goingLive = signal(false);
  const phase = computed<VisitPhase>(() => {
    const feed = room.state.value;
    const publishing = voice.publishing.value;
    const refused = feed.at === 'refused' ? feed.why : undefined;
    if (isOver(room.status.value)) return 'over';
    if (removedBy.value !== undefined || refused?.code === 'removed') return 'removed';
    if (left.value) return 'left';
    if (link.flaw || room.contact.value === 'unknown') return 'bad-link';
    if (refused && [401, 403].includes(refused.status)) return 'bad-link';
    if (voice.listening.value && isRunning(room.status.value)) return 'stage';
    if (publishing.at === 'refused' || !wasOn.value) return 'check';
    return 'stage';
  });
  const working = computed(() => phase.value === 'check' || phase.value === 'stage');
  const waiting = computed(
    () =>
      room.status.value === 'scheduled' &&
      (voice.publishing.value.at === 'connecting' || voice.listening.value),
  );
  effect(() => {
    const { at } = voice.publishing.value;
    if (at === 'refused' || at === 'closed') goingLive.value = false;
    if (at !== 'on') return;
    wasOn.value = true;
    if (!goingLive.peek()) return;
    goingLive.value = false;
    void host.change('live');
  });
  const join = (takeover?: boolean): void => {
    left.value = false;
    if (voice.microphone.value) voice.join(takeover);
    else voice.listen();
  };
  return {
    phase,
    working,
    waiting,
    removedBy,
    join,
    leave() {
      left.value = wasOn.value || phase.value === 'stage';
      wasOn.value = false;
      goingLive.value = false;
      voice.leave();
    },
    async joinAndGoLive() {
      if (!voice.microphone.value) await voice.ask();
      // Nobody would be heard without a microphone; the check page says why there is none.
      if (!voice.microphone.value) return noMicrophone();
      goingLive.value = true;
      join();
    },
  };
}
