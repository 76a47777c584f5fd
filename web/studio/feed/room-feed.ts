import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { BackstageEar, BackstageLine, BackstagePerson } from '../../../src/wire/backstage.ts';
import type { RoomState, RoomStatus } from '../../../src/wire/room.ts';
import type { Link } from '../link/link.ts';
import { type FeedState, follow, isFinal } from './backstage.ts';
import { type Contact, contactOf } from './contact.ts';
import { openPublicState } from './public-state.ts';
import { openRoster, type RosterHooks } from './roster.ts';

type ProgramLine = Extract<BackstageLine, { kind: 'program' }>;
type Asked = Extract<BackstageLine, { kind: 'asked' }>;

/** The room as this page knows it, kept up to date. */
export interface RoomFeed {
  readonly state: ReadonlySignal<FeedState>;
  /** What this page hears from the server at this moment. */
  readonly contact: ReadonlySignal<Contact>;
  readonly title: ReadonlySignal<string>;
  readonly status: ReadonlySignal<RoomStatus | undefined>;
  /** When the room opens by itself, wall-clock ms; absent when that is not known. */
  readonly opens: ReadonlySignal<number | undefined>;
  /** The newest public state. */
  readonly open: ReadonlySignal<RoomState | undefined>;
  /** Reads the public state now: this page has changed something. */
  refresh(): Promise<void>;
  readonly me: ReadonlySignal<{ readonly id: string; readonly name: string; readonly role: Link['role'] }>;
  readonly people: ReadonlySignal<readonly BackstagePerson[]>;
  /** Who only listens backstage. */
  readonly ears: ReadonlySignal<readonly BackstageEar[]>;
  readonly program: ReadonlySignal<ProgramLine | undefined>;
  /** dBFS of the mixed feed. */
  readonly programLevel: ReadonlySignal<number>;
  /** −dBov turned to dBFS (≤ 0, −127 silence) of one speaker. */
  level(id: string): Signal<number>;
  /** Waits until the stage of this room is open as far as this page knows, or the signal aborts. */
  ready(signal: AbortSignal): Promise<void>;
}

/** What else the feed tells. */
export interface RoomFeedHooks extends RosterHooks {
  asked(asked: Asked): void;
}

/** What the studio's own stream has to say about a lost connection arrives within this time, in ms. */
const LAST_LINE_MS = 100;
/** A public state this young, in ms, still counts before a try. */
const FRESH_MS = 500;

/** Whether a room has a stage. */
export const isOpen = (status: RoomStatus | undefined): boolean => status === 'open' || status === 'live';
/** Whether a room is over for good. */
export const isOver = (status: RoomStatus | undefined): boolean =>
  status === 'ended' || status === 'cancelled';

/** Follows a room through its backstage stream, and through its public state for what that does not say. */
export function openRoomFeed(
  link: Link & { readonly token: string },
  title: string,
  hooks: RoomFeedHooks,
): RoomFeed {
  const stop = new AbortController();
  const state = signal<FeedState>({ at: 'connecting' });
  const lostAt = signal(0);
  const me = signal({ id: link.id, name: link.name, role: link.role });
  const program = signal<ProgramLine | undefined>();
  const roster = openRoster(hooks);
  const open = openPublicState(link.slug, () => state.value.at === 'here', stop.signal);

  function line(it: BackstageLine): void {
    if (it.kind === 'you') me.value = { id: it.id, name: it.name, role: it.role };
    else if (it.kind === 'program') program.value = it;
    else if (it.kind === 'asked') {
      // The studio closes this stream next; asking again would only be refused.
      if (it.what === 'leave') stop.abort();
      hooks.asked(it);
    } else if (it.kind === 'levels') roster.hear(it);
    else {
      roster.list(it);
      const mine = it.people.find((person) => person.id === me.value.id);
      if (mine) me.value = { id: mine.id, name: mine.name, role: mine.role };
    }
  }

  const status = computed<RoomStatus | undefined>(() => {
    const fromPublic = open.state.value?.status;
    const fromStudio = program.value?.status;
    if (isOver(fromPublic)) return fromPublic;
    if (isOver(fromStudio)) return fromStudio;
    if (state.value.at === 'refused' && state.value.why.code === 'room-ended') return 'ended';
    return state.value.at === 'here' ? (fromStudio ?? fromPublic) : (fromPublic ?? fromStudio);
  });
  const contact = computed<Contact>(() =>
    contactOf(state.value, lostAt.value, open.glance.value, open.state.value),
  );
  effect(() => {
    // What nobody tells us any more is not shown as if it were true.
    if (contact.value !== 'here') roster.silence();
  });
  effect(() => {
    if (!isOver(status.value)) return;
    stop.abort();
    open.rest();
  });
  effect(() => {
    // What became of the room, or of the server, is known at once.
    if (state.value.at === 'away') void open.look();
  });

  async function ready(until: AbortSignal): Promise<void> {
    if (state.value.at !== 'connecting') {
      // Something was lost, perhaps because the room has ended: the server that knows is asked first.
      await pause(LAST_LINE_MS, until);
      if (!open.glance.value || Date.now() - open.glance.value.at > FRESH_MS) await open.refresh();
    }
    while (!until.aborted && !stop.signal.aborted && !isOpen(status.value)) await changeOf(status, until);
    // The room is over, or this person was taken off the stage: the abort that follows ends the wait for good.
    if (stop.signal.aborted && !until.aborted)
      await new Promise<void>((resolve) => until.addEventListener('abort', () => resolve(), { once: true }));
  }

  void open.look().then(() =>
    follow({
      slug: link.slug,
      token: () => link.token,
      line,
      state(next) {
        const lost = next.at !== 'here' && state.value.at === 'here';
        batch(() => {
          if (lost) lostAt.value = Date.now();
          state.value = next;
        });
        if (next.at === 'refused' && isFinal(next.why)) stop.abort();
      },
      ready,
      signal: stop.signal,
    }),
  );

  return {
    ...{ state, contact, status, me, program, ready },
    ...{ people: roster.people, ears: roster.ears, programLevel: roster.programLevel, level: roster.level },
    open: open.state,
    refresh: open.refresh,
    title: computed(() => open.state.value?.title ?? title),
    opens: computed(() => open.state.value?.clocks.opens),
  };
}

/** Waits until the status changes or the room turns out to be open, or the signal aborts. */
function changeOf(status: ReadonlySignal<RoomStatus | undefined>, until: AbortSignal): Promise<void> {
  return new Promise<void>((resolve) => {
    const done = (): void => {
      unsubscribe();
      until.removeEventListener('abort', done);
      resolve();
    };
    let first = true;
    const unsubscribe = effect(() => {
      if (!isOpen(status.value) && first) first = false;
      else queueMicrotask(done);
    });
    until.addEventListener('abort', done, { once: true });
  });
}

function pause(delay: number, until: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, delay);
    until.addEventListener('abort', done, { once: true });
  });
}
