import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { BackstageEar, BackstageLine, BackstagePerson } from '../../../src/wire/backstage.ts';
import type { RoomState, RoomStatus } from '../../../src/wire/room.ts';
import type { Link } from '../link/link.ts';
import { type FeedState, follow, isFinal } from './backstage.ts';
import { type Contact, contactOf, type Glance } from './contact.ts';

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
export interface RoomFeedHooks {
  asked(asked: Asked): void;
  joined(person: BackstagePerson): void;
  left(person: BackstagePerson): void;
  /** Somebody whom a host muted asks to speak, or no longer does. */
  asks(person: BackstagePerson): void;
}

/** How often the public state is read, in ms: with and without the studio's own line, and around the time of opening. */
const LOOK_MS = { here: 10_000, away: 2_000, opening: 4_000 } as const;
/** A room opens some time before its start; closer than this to it the page looks more often. */
const OPENING_MS = 3 * 3_600_000;
/** What the studio's own line has to say about a lost connection arrives within this time, in ms. */
const LAST_LINE_MS = 100;
/** What the public state said so long ago, in ms, still counts before a try. */
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
  const state = signal<FeedState>({ at: 'connecting' });
  const publicState = signal<RoomState | undefined>();
  const glance = signal<Glance | undefined>();
  const lostAt = signal(0);
  const me = signal({ id: link.id, name: link.name, role: link.role });
  const people = signal<readonly BackstagePerson[]>([]);
  const ears = signal<readonly BackstageEar[]>([]);
  const program = signal<ProgramLine | undefined>();
  const programLevel = signal(-127);
  const levels = new Map<string, Signal<number>>();
  let known: ReadonlyMap<string, BackstagePerson> | undefined;
  const level = (id: string): Signal<number> => {
    const it = levels.get(id) ?? signal(-127);
    levels.set(id, it);
    return it;
  };
  const stop = new AbortController();

  function line(it: BackstageLine): void {
    if (it.kind === 'you') me.value = { id: it.id, name: it.name, role: it.role };
    else if (it.kind === 'program') program.value = it;
    else if (it.kind === 'asked') {
      // The studio closes this stream next; asking again would only be refused.
      if (it.what === 'leave') stop.abort();
      hooks.asked(it);
    } else if (it.kind === 'roster') roster(it);
    else
      batch(() => {
        programLevel.value = it.program;
        for (const [id, value] of levels) value.value = -(it.people[id] ?? 127);
      });
  }

  function roster(it: Extract<BackstageLine, { kind: 'roster' }>): void {
    people.value = [...it.people].sort((a, b) => a.joined - b.joined);
    ears.value = it.ears;
    const now = new Map(it.people.map((person) => [person.id, person]));
    if (known) {
      for (const [id, person] of now) if (!known.has(id)) hooks.joined(person);
      for (const [id, person] of now) if (person.asks !== (known.get(id)?.asks ?? false)) hooks.asks(person);
      for (const [id, person] of known) if (!now.has(id)) hooks.left(person);
    }
    known = now;
    for (const id of levels.keys()) if (!now.has(id)) levels.delete(id);
    const mine = now.get(me.value.id);
    if (mine) me.value = { id: mine.id, name: mine.name, role: mine.role };
  }

  const status = computed<RoomStatus | undefined>(() => {
    const fromPublic = publicState.value?.status;
    const fromStudio = program.value?.status;
    if (isOver(fromPublic)) return fromPublic;
    if (isOver(fromStudio)) return fromStudio;
    if (state.value.at === 'refused' && state.value.why.code === 'room-ended') return 'ended';
    return state.value.at === 'here' ? (fromStudio ?? fromPublic) : (fromPublic ?? fromStudio);
  });
  const contact = computed<Contact>(() =>
    contactOf(state.value, lostAt.value, glance.value, publicState.value),
  );
  effect(() => {
    if (contact.value === 'here') return;
    // What nobody tells us any more is not shown as if it were true.
    programLevel.value = -127;
    for (const value of levels.values()) value.value = -127;
  });

  async function refresh(): Promise<void> {
    let answered = 0;
    try {
      const response = await fetch(`/r/${link.slug}/state.json`, {
        signal: AbortSignal.timeout(5_000),
        cache: 'no-store',
      });
      answered = response.status;
      if (response.ok) publicState.value = (await response.json()) as RoomState;
    } catch {}
    const before = glance.peek();
    const times = before?.answered === answered ? (before.times ?? 1) + 1 : 1;
    glance.value = { answered, at: Date.now(), times };
  }
  let timer: ReturnType<typeof setTimeout> | undefined;
  async function look(): Promise<void> {
    clearTimeout(timer);
    await refresh();
    // Two looks may have crossed: only one of them goes on.
    clearTimeout(timer);
    if (!stop.signal.aborted) timer = setTimeout(() => void look(), pace());
  }
  function pace(): number {
    const now = publicState.value;
    if (now?.status === 'scheduled' && glance.value?.answered === 200) {
      const wait = (now.clocks.scheduled ?? now.at) - now.at;
      return wait > OPENING_MS ? LOOK_MS.here : LOOK_MS.opening;
    }
    return state.value.at === 'here' && now ? LOOK_MS.here : LOOK_MS.away;
  }
  effect(() => {
    if (isOver(status.value)) {
      stop.abort();
      clearTimeout(timer);
    }
  });
  effect(() => {
    // What became of the room, or of the server, is known at once.
    if (state.value.at === 'away') void look();
  });

  async function ready(until: AbortSignal): Promise<void> {
    if (state.value.at !== 'connecting') {
      // Something was lost, perhaps because the room has ended: who knows it is asked first.
      await pause(LAST_LINE_MS, until);
      if (!glance.value || Date.now() - glance.value.at > FRESH_MS) await refresh();
    }
    while (!until.aborted && !stop.signal.aborted && !isOpen(status.value)) {
      await new Promise<void>((resolve) => {
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
    // Over, or taken off the stage: whoever waits is told by the abort that follows, and never asks again.
    if (stop.signal.aborted && !until.aborted)
      await new Promise<void>((resolve) => until.addEventListener('abort', () => resolve(), { once: true }));
  }

  void look().then(() =>
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
    state,
    contact,
    status,
    open: publicState,
    me,
    people,
    ears,
    program,
    programLevel,
    level,
    title: computed(() => publicState.value?.title ?? title),
    opens: computed(() => publicState.value?.clocks.opens),
    refresh,
    ready,
  };
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
