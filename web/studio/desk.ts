import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { BackstageAction } from '../../src/wire/backstage.ts';
import { isRefusal, type Refusal } from '../capture/index.ts';
import { openAlarm } from './alarm.ts';
import { act, post } from './backstage.ts';
import type { Link } from './link.ts';
import { type Notices, openNotices } from './notices.ts';
import { openRoomFeed, type RoomFeed } from './room-feed.ts';
import type { Settings } from './settings.ts';
import { type Trouble, troubleOf } from './trouble.ts';
import { openVoice, type Voice } from './voice.ts';
import { type Words, wordsOf } from './words.ts';

/** Which of its pages the studio shows. */
export type Phase = 'bad-link' | 'check' | 'stage' | 'removed' | 'left' | 'over';

/** An invitation that was made on this page. */
export interface Invite {
  readonly name: string;
  readonly url: string;
}

/** Everything the page shows and does. */
export interface Desk {
  readonly link: Link;
  readonly settings: Settings;
  readonly words: ReadonlySignal<Words>;
  readonly room: RoomFeed;
  readonly voice: Voice;
  readonly notices: Notices;
  readonly phase: ReadonlySignal<Phase>;
  readonly isHost: ReadonlySignal<boolean>;
  readonly trouble: ReadonlySignal<Trouble | undefined>;
  /** Talking into a microphone that is off. */
  readonly talkingMuted: ReadonlySignal<boolean>;
  /** Who took this person off the stage. */
  readonly removedBy: ReadonlySignal<string | undefined>;
  readonly invites: ReadonlySignal<readonly Invite[]>;
  readonly busy: ReadonlySignal<boolean>;
  /** The name to be known by; told to the studio once there is a place. */
  readonly name: Signal<string>;
  /** Which dialog is open; only one at a time. */
  readonly dialog: Signal<'keys' | 'sound' | 'end' | 'leave' | undefined>;
  /** The wall clock, once a second. */
  readonly now: ReadonlySignal<number>;
  join(takeover?: boolean): void;
  leave(): void;
  toggleMute(): void;
  act(action: BackstageAction): void;
  change(to: 'open' | 'live' | 'standby' | 'end'): Promise<void>;
  /** Sets the cap on live listeners, or takes it away. */
  limit(cap: number | null): Promise<void>;
  invite(name: string): Promise<void>;
}

/** How long the studio may list us as gone before we ask it, in ms: long after joining, when its list is still on the way. */
const SUSPICION = { joining: 4_000, later: 700 };

/** Opens the desk for one link; `title` is the room's until its state is here. */
export function openDesk(link: Link & { readonly token: string }, settings: Settings, title: string): Desk {
  const words = computed(() => wordsOf(settings.language.value));
  const notices = openNotices();
  const alarm = openAlarm();
  const removedBy = signal<string | undefined>();
  const left = signal(false);
  const wasOn = signal(false);
  const busy = signal(false);
  const invites = signal<readonly Invite[]>([]);
  const talkingMuted = signal(false);
  const now = signal(Date.now());
  const online = signal(navigator.onLine);
  for (const event of ['online', 'offline'] as const)
    addEventListener(event, () => (online.value = event === 'online'));
  const name = signal(link.name);
  let onSince = 0;
  const dialog = signal<'keys' | 'sound' | 'end' | 'leave' | undefined>();
  const voice = openVoice(link.slug, link.token, settings, (label) =>
    notices.say(words.value.micChanged(label)),
  );

  const room = openRoomFeed(link, title, {
    joined: (person) => person.id !== room.me.value.id && notices.say(words.value.joined(person.name)),
    left: (person) => person.id !== room.me.value.id && notices.say(words.value.left(person.name)),
    asked({ what, by }) {
      if (what === 'mute') {
        voice.muted.value = true;
        notices.say(words.value.askedMute(by));
      } else if (what === 'unmute')
        notices.say(words.value.askedUnmute(by), {
          label: words.value.unmute,
          run: () => {
            voice.muted.value = false;
          },
        });
      else if (what === 'host') notices.say(words.value.askedHost(by));
      else {
        removedBy.value = by;
      }
    },
  });

  const isHost = computed(() => room.me.value.role !== 'speaker');
  const phase = computed<Phase>(() => {
    const feed = room.state.value;
    const publishing = voice.publishing.value;
    if (room.status.value === 'ended' || room.status.value === 'cancelled') return 'over';
    if (removedBy.value !== undefined) return 'removed';
    if (left.value) return 'left';
    if (feed.at === 'refused' && [401, 403, 404].includes(feed.why.status)) return 'bad-link';
    if (publishing.at === 'refused' || !wasOn.value) return 'check';
    return 'stage';
  });
  const trouble = computed(() =>
    troubleOf({ room, voice, words: words.value, onStage: phase.value === 'stage', online: online.value }),
  );

  const tell = (why: Refusal) => notices.say(words.value.failed(why.detail));
  const send = async (action: BackstageAction) => {
    const why = await act(link.slug, link.token, action);
    if (why) tell(why);
  };

  effect(() => {
    if (phase.value === 'over' || phase.value === 'removed' || phase.value === 'bad-link') voice.close();
  });
  async function tellMuted(muted: boolean): Promise<void> {
    const why = await act(link.slug, link.token, { do: 'muted', muted });
    if (muted || why?.code !== 'not-host') return;
    // A host's mute holds until a host asks: the page must not show an open microphone that nobody hears.
    voice.muted.value = true;
    notices.say(words.value.hostMuted);
  }

  effect(() => {
    if (voice.publishing.value.at !== 'on') return;
    wasOn.value = true;
    onSince = Date.now();
  });
  // The studio learns our mute with every change and after every reconnect.
  effect(() => {
    const muted = voice.silent.value;
    if (voice.publishing.value.at === 'on') void tellMuted(muted);
  });
  effect(() => {
    const wanted = name.value.trim();
    const differs = wanted !== '' && wanted !== room.me.peek().name;
    if (voice.publishing.value.at === 'on' && differs) void send({ do: 'rename', name: wanted });
  });
  effect(() => {
    const it = trouble.value;
    const host = isHost.value && settings.spokenWarnings.value;
    if (it?.aloud && host) alarm.raise(it.text, settings.language.value, it.cause === 'quiet');
    else alarm.clear();
  });
  effect(() => {
    const stage =
      phase.value === 'stage' && room.state.value.at === 'here' && voice.publishing.value.at === 'on';
    const mine = room.people.value.find((person) => person.id === room.me.value.id);
    if (!stage || mine?.connected) return;
    const delay = Date.now() - onSince < SUSPICION.joining ? SUSPICION.joining : SUSPICION.later;
    const timer = setTimeout(() => voice.suspect(), delay);
    return () => clearTimeout(timer);
  });
  let loudSince = 0;
  effect(() => {
    const loud = voice.silent.value && !voice.held.value && voice.level.value > -32;
    const at = Date.now();
    if (loud) loudSince ||= at;
    else if (at - loudSince > 1_500) loudSince = 0;
    talkingMuted.value = loud && at - loudSince > 600;
  });
  setInterval(() => (now.value = Date.now()), 1_000);

  const api = (path: string, body: object) => post(`/api/rooms/${link.slug}/${path}`, link.token, body);
  return {
    link,
    settings,
    words,
    room,
    voice,
    notices,
    phase,
    isHost,
    trouble,
    talkingMuted,
    removedBy,
    invites,
    busy,
    dialog,
    now,
    name,
    join(takeover) {
      left.value = false;
      voice.join(takeover);
    },
    leave() {
      left.value = true;
      wasOn.value = false;
      voice.leave();
    },
    toggleMute() {
      if (settings.pushToTalk.value) settings.pushToTalk.value = false;
      else voice.muted.value = !voice.muted.value;
    },
    act: (action) => void send(action),
    async change(to) {
      if (busy.value) return;
      busy.value = true;
      const answer = await api(to, {});
      busy.value = false;
      if (isRefusal(answer)) tell(answer);
      else if (to === 'live') notices.say(words.value.wentLive);
      else if (to === 'standby') notices.say(words.value.wentMusic);
    },
    async limit(cap) {
      if (busy.value) return;
      busy.value = true;
      const answer = await post(`/api/rooms/${link.slug}`, link.token, { cap }, 'PATCH');
      busy.value = false;
      if (isRefusal(answer)) return tell(answer);
      // Cells and doors know within a second or two.
      setTimeout(() => void room.refresh(), 2_000);
    },
    async invite(name) {
      const answer = await api('invites', name ? { name } : {});
      if (isRefusal(answer)) return tell(answer);
      if (typeof answer['url'] === 'string') {
        const url = new URL(answer['url'], globalThis.location?.href).href;
        invites.value = [{ name, url }, ...invites.value].slice(0, 20);
      }
    },
  };
}
