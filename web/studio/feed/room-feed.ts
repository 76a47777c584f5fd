import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import { isOver, isRunning, type RoomState, type RoomStatus } from '../../../src/wire/room.ts';
import type { BackstageEar, BackstageLine, BackstagePerson } from '../../../src/wire/stage/backstage.ts';
import type { HostHand } from '../../../src/wire/stage/hands.ts';
import { type FeedState, follow, isFinal } from '../../capture/index.ts';
import type { Link } from '../link/link.ts';
import { type Contact, contactOf } from './contact.ts';
import { openPublicState } from './public-state.ts';
import { openRaisedHands, type RaisedHands } from './raised-hands.ts';
import { openRoster, type RosterHooks } from './roster.ts';

type ProgramLine = Extract<BackstageLine, { kind: 'program' }>;
type Asked = Extract<BackstageLine, { kind: 'asked' }>;

/** The room as this page knows it, kept up to date. */
export interface RoomFeed {
  readonly state: ReadonlySignal<FeedState>;
  /** What this page hears from the server now. */
  readonly contact: ReadonlySignal<Contact>;
  readonly title: ReadonlySignal<string>;
  readonly status: ReadonlySignal<RoomStatus | undefined>;
  /** When the room opens by itself, in wall-clock ms; undefined when that is not known. */
  readonly opens: ReadonlySignal<number | undefined>;
  /** The newest public state. */
  readonly open: ReadonlySignal<RoomState | undefined>;
  /** Reads the public state now, after this page has changed something. */
  refresh(): Promise<void>;
  readonly me: ReadonlySignal<{ readonly id: string; readonly name: string; readonly role: Link['role'] }>;
  readonly people: ReadonlySignal<readonly BackstagePerson[]>;
  /** The people who only listen backstage. */
  readonly ears: ReadonlySignal<readonly BackstageEar[]>;
  /** Raised hands, bans and rules; empty for people who are no hosts. */
  readonly raised: RaisedHands;
  readonly program: ReadonlySignal<ProgramLine | undefined>;
  /** The level of the mixed program, in dBFS. */
  readonly programLevel: ReadonlySignal<number>;
  /** The level of one speaker in dBFS (≤ 0, −127 is silence). */
  level(id: string): Signal<number>;
  /** Waits until the stage of this room is open as far as this page knows, or the signal aborts. */
  ready(signal: AbortSignal): Promise<void>;
}

/** Events of the room. */
export interface RoomFeedHooks extends RosterHooks {
  asked(asked: Asked): void;
  /** A hand went up. */
  raised(hand: HostHand): void;
}

/** The studio's stream says within this time, in ms, why a connection was lost. */
const LAST_LINE_MS = 100;
/** A public state younger than this is not read again before a try, in ms. */
const FRESH_MS = 500;

/** Follows a room through its backstage stream and its public state. */
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
  const raised = openRaisedHands(hooks.raised);
  const open = openPublicState(link.slug, () => state.value.at === 'here', stop.signal);

  function line(it: BackstageLine): void {
    if (it.kind === 'you') me.value = { id: it.id, name: it.name, role: it.role };
    else if (it.kind === 'program') program.value = it;
    else if (it.kind === 'asked') {
      // The studio now closes this stream and would refuse another one.
      if (it.what === 'leave') stop.abort();
      hooks.asked(it);
    } else if (it.kind === 'levels') roster.hear(it);
    else if (it.kind === 'hands' || it.kind === 'access') raised.take(it);
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
    if (fromPublic === 'stopped') return fromPublic;
    if (state.value.at === 'refused' && state.value.why.code === 'room-ended') return 'ended';
    return state.value.at === 'here' ? (fromStudio ?? fromPublic) : (fromPublic ?? fromStudio);
  });
  const contact = computed<Contact>(() =>
    contactOf(state.value, lostAt.value, open.glance.value, open.state.value),
  );
  effect(() => {
    // Levels that nobody reports any more must not be shown as if they were current.
    if (contact.value !== 'here') roster.silence();
  });
  effect(() => {
    if (!isOver(status.value)) return;
    stop.abort();
    open.rest();
  });
  effect(() => {
    // The public state says at once what happened to the room or the server.
    if (state.value.at === 'away') void open.look();
  });

  async function ready(until: AbortSignal): Promise<void> {
    if (state.value.at !== 'connecting') {
      // A connection was lost, perhaps because the room has ended: asks the server first.
      await pause(LAST_LINE_MS, until);
      if (!open.glance.value || Date.now() - open.glance.value.at > FRESH_MS) await open.refresh();
    }
    while (!until.aborted && !stop.signal.aborted && !isRunning(status.value)) await changeOf(status, until);
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
    ...{ state, contact, status, me, program, ready, raised },
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
      if (!isRunning(status.value) && first) first = false;
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
