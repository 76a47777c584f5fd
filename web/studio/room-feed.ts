import { batch, computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { BackstageLine, BackstagePerson } from '../../src/wire/backstage.ts';
import type { RoomState, RoomStatus } from '../../src/wire/room.ts';
import { type FeedState, follow } from './backstage.ts';
import type { Link } from './link.ts';

type ProgramLine = Extract<BackstageLine, { kind: 'program' }>;
type Asked = Extract<BackstageLine, { kind: 'asked' }>;

/** The room as this page knows it, kept up to date. */
export interface RoomFeed {
  readonly state: ReadonlySignal<FeedState>;
  readonly title: ReadonlySignal<string>;
  readonly status: ReadonlySignal<RoomStatus | undefined>;
  /** Wall-clock ms of the scheduled start. */
  readonly scheduled: ReadonlySignal<number | undefined>;
  /** The host's cap on live listeners. */
  readonly cap: ReadonlySignal<number | undefined>;
  /** Reads the public state now: this page has changed something. */
  refresh(): Promise<void>;
  readonly me: ReadonlySignal<{ readonly id: string; readonly name: string; readonly role: Link['role'] }>;
  readonly people: ReadonlySignal<readonly BackstagePerson[]>;
  readonly program: ReadonlySignal<ProgramLine | undefined>;
  /** dBFS of the mixed feed. */
  readonly programLevel: ReadonlySignal<number>;
  /** −dBov turned to dBFS (≤ 0, −127 silence) of one speaker. */
  level(id: string): Signal<number>;
}

/** What else the feed tells. */
export interface RoomFeedHooks {
  asked(asked: Asked): void;
  joined(person: BackstagePerson): void;
  left(person: BackstagePerson): void;
}

/** Follows a room through its backstage stream, and through its public state for what that does not say. */
export function openRoomFeed(
  link: Link & { readonly token: string },
  title: string,
  hooks: RoomFeedHooks,
): RoomFeed {
  const state = signal<FeedState>({ at: 'connecting' });
  const publicState = signal<RoomState | undefined>();
  const me = signal({ id: link.id, name: link.name, role: link.role });
  const people = signal<readonly BackstagePerson[]>([]);
  const program = signal<ProgramLine | undefined>();
  const programLevel = signal(-127);
  const levels = new Map<string, Signal<number>>();
  let known: ReadonlyMap<string, BackstagePerson> | undefined;
  const level = (id: string): Signal<number> => {
    const it = levels.get(id) ?? signal(-127);
    levels.set(id, it);
    return it;
  };

  function line(it: BackstageLine): void {
    if (it.kind === 'you') me.value = { id: it.id, name: it.name, role: it.role };
    else if (it.kind === 'program') program.value = it;
    else if (it.kind === 'asked') hooks.asked(it);
    else if (it.kind === 'roster') roster(it.people);
    else
      batch(() => {
        programLevel.value = it.program;
        for (const [id, value] of levels) value.value = -(it.people[id] ?? 127);
      });
  }

  function roster(list: readonly BackstagePerson[]): void {
    people.value = [...list].sort((a, b) => a.joined - b.joined);
    const now = new Map(list.map((person) => [person.id, person]));
    if (known) {
      for (const [id, person] of now) if (!known.has(id)) hooks.joined(person);
      for (const [id, person] of known) if (!now.has(id)) hooks.left(person);
    }
    known = now;
    for (const id of levels.keys()) if (!now.has(id)) levels.delete(id);
    const mine = now.get(me.value.id);
    if (mine) me.value = { id: mine.id, name: mine.name, role: mine.role };
  }

  const status = computed<RoomStatus | undefined>(() => {
    const fromPublic = publicState.value?.status;
    if (fromPublic === 'ended' || fromPublic === 'cancelled') return fromPublic;
    if (state.value.at === 'refused' && state.value.why.code === 'room-ended') return 'ended';
    return state.value.at === 'here'
      ? (program.value?.status ?? fromPublic)
      : (fromPublic ?? program.value?.status);
  });

  const stop = new AbortController();
  async function refresh(): Promise<void> {
    try {
      const response = await fetch(`/r/${link.slug}/state.json`, { signal: AbortSignal.timeout(5_000) });
      if (response.ok) publicState.value = (await response.json()) as RoomState;
    } catch {}
  }
  async function look(): Promise<void> {
    await refresh();
    if (stop.signal.aborted) return;
    setTimeout(() => void look(), state.value.at === 'here' && publicState.value ? 15_000 : 3_000);
  }
  effect(() => {
    if (status.value === 'ended' || status.value === 'cancelled') stop.abort();
  });
  void look();
  void follow({
    slug: link.slug,
    token: link.token,
    line,
    state: (s) => (state.value = s),
    signal: stop.signal,
  });

  return {
    state,
    status,
    me,
    people,
    program,
    programLevel,
    level,
    title: computed(() => publicState.value?.title ?? title),
    scheduled: computed(() => publicState.value?.clocks.scheduled),
    cap: computed(() => publicState.value?.delivery.cap),
    refresh,
  };
}
