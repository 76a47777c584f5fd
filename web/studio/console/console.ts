import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { BackstageAction } from '../../../src/wire/backstage.ts';
import { act } from '../feed/backstage.ts';
import { isOpen, isOver, openRoomFeed, type RoomFeed } from '../feed/room-feed.ts';
import { type Standing, standingOf } from '../feed/standing.ts';
import { type HostActions, openHostActions, reasonOf } from '../host/host-actions.ts';
import { openRecording, type Recording } from '../host/recording.ts';
import { keepToken, type Link } from '../link/link.ts';
import { keepInWindow, keptInWindow } from '../link/window-store.ts';
import { openAlarm } from '../notice/alarm.ts';
import { type Notices, openNotices } from '../notice/notices.ts';
import { type Trouble, troubleOf } from '../notice/trouble.ts';
import { openMuteReport } from '../voice/mute-report.ts';
import type { Settings } from '../voice/settings.ts';
import { openVoice, type Voice } from '../voice/voice.ts';
import { type Words, wordsOf } from '../words/words.ts';

/** Which of its pages the studio shows. */
export type Phase = 'bad-link' | 'check' | 'stage' | 'removed' | 'left' | 'over';

/** The dialogs of the page. */
export type DialogName =
  | 'keys'
  | 'sound'
  | 'end'
  | 'leave'
  | 'announce'
  | 'cancel'
  | 'empty-stage'
  | 'recording'
  | 'links';

/** Everything the page shows and does. */
export interface Console {
  readonly link: Link & { readonly token: string };
  readonly settings: Settings;
  readonly words: ReadonlySignal<Words>;
  readonly room: RoomFeed;
  readonly voice: Voice;
  readonly notices: Notices;
  readonly host: HostActions;
  readonly recording: Recording;
  readonly phase: ReadonlySignal<Phase>;
  /** Where the show stands, as far as it is known now. */
  readonly standing: ReadonlySignal<Standing>;
  readonly isHost: ReadonlySignal<boolean>;
  readonly trouble: ReadonlySignal<Trouble | undefined>;
  /** Talking into a microphone that is off. */
  readonly talkingMuted: ReadonlySignal<boolean>;
  /** A host muted this person, who is no host: only a host can let them speak again. */
  readonly hostMuted: ReadonlySignal<boolean>;
  /** Has joined before the room opened: comes on stage when it does. */
  readonly waiting: ReadonlySignal<boolean>;
  /** Who took this person off the stage. */
  readonly removedBy: ReadonlySignal<string | undefined>;
  /** The name to be known by; told to the studio once there is a place. */
  readonly name: Signal<string>;
  /** Which dialog is open; only one at a time. */
  readonly dialog: Signal<DialogName | undefined>;
  /** Most connections at one time that this page has seen. */
  readonly peak: ReadonlySignal<number>;
  /** The wall clock, once a second. */
  readonly now: ReadonlySignal<number>;
  /** Comes on stage, or before the room opens waits for it; without a microphone with ears only. */
  join(takeover?: boolean): void;
  leave(): void;
  toggleMute(): void;
  /** Goes live; asks first when nobody would be heard. */
  goLive(): void;
  /** Joins, and goes live once on stage. */
  joinAndGoLive(): Promise<void>;
  act(action: BackstageAction): void;
}

/** How long the studio may list us as gone before we ask it, in ms: long after joining, when its list is still on the way. */
const SUSPICION = { joining: 4_000, later: 700 };

/** Opens the console for one link; `title` is the room's until its state is here. */
export function openConsole(opened: Console['link'], settings: Settings, title: string): Console {
  const token = signal(opened.token);
  const link: Console['link'] = {
    ...opened,
    get token() {
      return token.value;
    },
  };
  const words = computed(() => wordsOf(settings.language.value));
  const notices = openNotices();
  const alarm = openAlarm();
  const removedBy = signal<string | undefined>();
  const left = signal(false);
  const wasOn = signal(false);
  const goingLive = signal(false);
  const talkingMuted = signal(false);
  const now = signal(Date.now());
  const online = signal(navigator.onLine);
  for (const event of ['online', 'offline'] as const)
    addEventListener(event, () => (online.value = event === 'online'));
  const name = signal(link.name);
  let onSince = 0;
  const dialog = signal<DialogName | undefined>();

  const room = openRoomFeed(link, title, {
    joined: (person) => person.id !== room.me.value.id && notices.say(words.value.joined(person.name)),
    left(person) {
      notices.settle(`asks ${person.id}`);
      if (person.id !== room.me.value.id) notices.say(words.value.left(person.name));
    },
    asks(person) {
      const topic = `asks ${person.id}`;
      if (!person.asks) notices.settle(topic);
      else if (isHost.value)
        notices.say(words.value.asksToSpeak(person.name), {
          topic,
          answer: {
            label: words.value.letSpeak,
            run: () => void send({ do: 'ask-unmute', who: person.id }),
          },
        });
    },
    asked({ what, by }) {
      if (what === 'mute') {
        voice.muted.value = true;
        notices.say(words.value.askedMute(by), { topic: 'microphone' });
      } else if (what === 'unmute')
        notices.say(words.value.askedUnmute(by), {
          topic: 'microphone',
          answer: {
            label: words.value.unmute,
            run: () => {
              voice.muted.value = false;
            },
          },
        });
      else if (what === 'host') notices.say(words.value.askedHost(by));
      else removedBy.value = by;
    },
  });
  const voice = openVoice({
    slug: link.slug,
    token: () => token.peek(),
    settings,
    ready: room.ready,
    changed: (label) => notices.say(words.value.micChanged(label)),
  });
  const host = openHostActions({
    slug: link.slug,
    token: () => token.peek(),
    renewed(next) {
      token.value = next;
      keepToken(link.slug, next);
    },
    words: () => words.value,
    say: (text) => notices.say(text),
    changed: () => {
      void room.refresh();
      // Cells and doors know within a second or two.
      setTimeout(() => void room.refresh(), 2_000);
    },
  });

  const recording = openRecording(room);
  const isHost = computed(() => room.me.value.role !== 'speaker');
  const standing = computed(() =>
    standingOf(room.contact.value, room.status.value, room.open.value?.clocks.firstSpeech),
  );
  const phase = computed<Phase>(() => {
    const feed = room.state.value;
    const publishing = voice.publishing.value;
    const refused = feed.at === 'refused' ? feed.why : undefined;
    if (isOver(room.status.value)) return 'over';
    if (removedBy.value !== undefined || refused?.code === 'removed') return 'removed';
    if (left.value) return 'left';
    if (link.flaw || room.contact.value === 'unknown') return 'bad-link';
    if (refused && [401, 403].includes(refused.status)) return 'bad-link';
    if (voice.listening.value && isOpen(room.status.value)) return 'stage';
    if (publishing.at === 'refused' || !wasOn.value) return 'check';
    return 'stage';
  });
  const working = computed(() => phase.value === 'check' || phase.value === 'stage');
  const trouble = computed(() =>
    working.value
      ? troubleOf({ room, voice, words: words.value, onStage: phase.value === 'stage', online: online.value })
      : undefined,
  );
  const mine = computed(() => room.people.value.find((person) => person.id === room.me.value.id));
  const hostMuted = computed(() => phase.value === 'stage' && !isHost.value && mine.value?.forced === true);
  const waiting = computed(
    () =>
      room.status.value === 'scheduled' &&
      (voice.publishing.value.at === 'connecting' || voice.listening.value),
  );
  const peakKey = `earshot-peak-${link.slug}`;
  const peak = signal(Number(keptInWindow(peakKey) ?? 0) || 0);

  const send = async (action: BackstageAction) => {
    const why = await act(link.slug, link.token, action);
    if (why) notices.say(words.value.failed(reasonOf(words.value, why)));
    else if (action.do === 'remove') host.forgetInvite(action.who);
  };

  effect(() => {
    if (working.value || phase.value === 'left') return;
    voice.close();
    // What was asked on the stage ends with it: the last page says the one thing that counts.
    notices.clear();
    dialog.value = undefined;
  });
  effect(() => {
    if (phase.value === 'left') notices.clear();
  });
  const tellMuted = openMuteReport({
    muted: () => (voice.publishing.peek().at === 'on' ? voice.silent.peek() : undefined),
    send: (muted) => act(link.slug, link.token, { do: 'muted', muted }),
    refused(muted, why) {
      // A host's mute holds until a host asks: the page must not show an open microphone that nobody hears.
      if (!muted && why.code === 'not-host') voice.muted.value = true;
    },
  });

  effect(() => {
    const { at } = voice.publishing.value;
    if (at === 'refused' || at === 'closed') goingLive.value = false;
    if (at !== 'on') return;
    wasOn.value = true;
    onSince = Date.now();
    if (!goingLive.peek()) return;
    goingLive.value = false;
    void host.change('live');
  });
  // The studio learns our mute with every change and after every reconnect.
  effect(() => {
    voice.silent.value;
    if (voice.publishing.value.at === 'on') tellMuted();
  });
  // Held: also push-to-talk and a key that was pressed before the news came are silent.
  effect(() => {
    if (hostMuted.value) voice.muted.value = true;
  });
  effect(() => {
    const wanted = name.value.trim();
    const differs = wanted !== '' && wanted !== room.me.peek().name;
    if (voice.publishing.value.at === 'on' && differs) void send({ do: 'rename', name: wanted });
  });
  effect(() => {
    const it = trouble.value;
    const warned = isHost.value && settings.spokenWarnings.value;
    if (it?.aloud && warned) alarm.raise(it.text, settings.language.value, it.cause === 'quiet');
    else alarm.clear();
  });
  effect(() => {
    const stage =
      phase.value === 'stage' && room.state.value.at === 'here' && voice.publishing.value.at === 'on';
    if (!stage || mine.value?.connected) return;
    const delay = Date.now() - onSince < SUSPICION.joining ? SUSPICION.joining : SUSPICION.later;
    const timer = setTimeout(() => voice.suspect(), delay);
    return () => clearTimeout(timer);
  });
  effect(() => {
    const streams = room.program.value?.streams ?? 0;
    if (streams <= peak.peek()) return;
    peak.value = streams;
    keepInWindow(peakKey, String(streams));
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

  const join = (takeover?: boolean): void => {
    left.value = false;
    if (voice.microphone.value) voice.join(takeover);
    else voice.listen();
  };
  return {
    link,
    settings,
    words,
    room,
    voice,
    notices,
    host,
    recording,
    phase,
    standing,
    isHost,
    trouble,
    talkingMuted,
    hostMuted,
    waiting,
    removedBy,
    dialog,
    peak,
    now,
    name,
    join,
    leave() {
      left.value = wasOn.value || phase.value === 'stage';
      wasOn.value = false;
      goingLive.value = false;
      voice.leave();
    },
    toggleMute() {
      if (hostMuted.value) return;
      if (settings.pushToTalk.value) settings.pushToTalk.value = false;
      else voice.muted.value = !voice.muted.value;
    },
    goLive() {
      if (room.people.value.some((person) => person.connected)) void host.change('live');
      else dialog.value = 'empty-stage';
    },
    async joinAndGoLive() {
      if (!voice.microphone.value) await voice.ask();
      // Without a microphone nobody would be heard: the check says why there is none.
      if (!voice.microphone.value) return notices.say(words.value.noMicToGoLive);
      goingLive.value = true;
      join();
    },
    act: (action) => void send(action),
  };
}
