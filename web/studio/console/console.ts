import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { BackstageAction, BackstagePerson } from '../../../src/wire/stage/backstage.ts';
import { act } from '../../capture/index.ts';
import { openRoomFeed, type RoomFeed } from '../feed/room-feed.ts';
import { type Standing, standingOf } from '../feed/standing.ts';
import { type HostActions, openHostActions, reasonOf } from '../host/host-actions.ts';
import { type RecordingWatch, watchRecording } from '../host/recording.ts';
import { keepToken, type Link } from '../link/link.ts';
import { openAlarm } from '../notice/alarm.ts';
import { openChime } from '../notice/chime.ts';
import { type Notices, openNotices } from '../notice/notices.ts';
import { type Trouble, troubleOf } from '../notice/trouble.ts';
import { openMuteSync } from '../voice/mute-sync.ts';
import type { Settings } from '../voice/settings.ts';
import { openTalkingMuted } from '../voice/talking-muted.ts';
import { openVoice, type Voice } from '../voice/voice.ts';
import { type StudioWords, wordsOf } from '../words/words.ts';
import { openMostAtOnce } from './most-at-once.ts';
import { roomEvents } from './room-events.ts';
import { openVisit, type Visit, type VisitPhase } from './visit.ts';

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

/** Everything that the studio page shows and does. */
export interface Console {
  readonly link: Link & { readonly token: string };
  readonly settings: Settings;
  readonly words: ReadonlySignal<StudioWords>;
  readonly room: RoomFeed;
  readonly voice: Voice;
  readonly notices: Notices;
  readonly host: HostActions;
  readonly recording: RecordingWatch;
  readonly phase: ReadonlySignal<VisitPhase>;
  /** The state of the show, as far as it is known. */
  readonly standing: ReadonlySignal<Standing>;
  readonly isHost: ReadonlySignal<boolean>;
  readonly trouble: ReadonlySignal<Trouble | undefined>;
  /** True while this person talks into a microphone that is off. */
  readonly talkingMuted: ReadonlySignal<boolean>;
  /** True while a host has muted this person, who is no host: only a host can let them speak again. */
  readonly hostMuted: ReadonlySignal<boolean>;
  /** True for somebody who has joined before the room opened; they come on stage when it opens. */
  readonly waiting: ReadonlySignal<boolean>;
  /** Who took this person off the stage. */
  readonly removedBy: ReadonlySignal<string | undefined>;
  /** The person's name; sent to the studio once they are on stage. */
  readonly name: Signal<string>;
  /** The dialog that is open; only one at a time. */
  readonly dialog: Signal<DialogName | undefined>;
  /** The most connections at one time that this page has seen. */
  readonly mostAtOnce: ReadonlySignal<number>;
  /** The wall clock, once a second. */
  readonly now: ReadonlySignal<number>;
  /** Comes on stage, or waits for the room to open. Without a microphone the person only listens. */
  join(takeover?: boolean): void;
  leave(): void;
  toggleMute(): void;
  /** Goes live, after asking if nobody would be heard. */
  goLive(): void;
  /** Joins, and goes live once on stage. */
  joinAndGoLive(): Promise<void>;
  act(action: BackstageAction): void;
}

/**
 * How long the studio's list may lack us before we ask, in ms; longer after joining, when the list is still on its way.
 */
const SUSPICION_MS = { joining: 4_000, later: 700 };
/** How long after coming on stage somebody counts as just joined, in ms. */
const JOINING_MS = 4_000;

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
  const name = signal(link.name);
  const dialog = signal<DialogName | undefined>();
  const room = openRoomFeed(
    link,
    title,
    roomEvents({
      notices,
      words: () => words.value,
      me: () => room.me.value.id,
      isHost: () => isHost.value,
      mute: (on) => {
        voice.muted.value = on;
      },
      letSpeak: (who) => void send({ do: 'ask-unmute', who }),
      removed: (by) => {
        visit.removedBy.value = by;
      },
      hint: openChime(() => settings.handChime.value),
      listen: () => voice.stepDown(),
      come: () => voice.join(),
    }),
  );
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
      // Cells and doors learn of a change within two seconds.
      setTimeout(() => void room.refresh(), 2_000);
    },
  });
  const recording = watchRecording(room);
  const visit = openVisit({
    ...{ link, room, voice, host },
    noMicrophone: () => notices.say(words.value.noMicToGoLive),
  });
  const { phase } = visit;
  const isHost = computed(() => room.me.value.role !== 'speaker');
  const standing = computed(() =>
    standingOf(room.contact.value, room.status.value, room.open.value?.clocks.firstSpeech),
  );
  const mine = computed(() => room.people.value.find((person) => person.id === room.me.value.id));
  const hostMuted = computed(() => phase.value === 'stage' && !isHost.value && mine.value?.forced === true);

  const send = async (action: BackstageAction) => {
    const why = await act(link.slug, link.token, action);
    if (why) notices.say(words.value.failed(reasonOf(words.value, why)));
    else if (action.do === 'remove') host.forgetInvite(action.who);
  };

  endWith(visit, { voice, notices, dialog });
  keepStudioTold({
    link,
    room,
    voice,
    name,
    hostMuted,
    rename: (to) => void send({ do: 'rename', name: to }),
  });
  suspectWhenMissing({ phase, room, voice, mine });
  return {
    ...{ link, settings, words, room, voice, notices, host, recording },
    ...{ phase, standing, isHost, hostMuted, dialog, name },
    trouble: openTrouble({ visit, room, voice, words, isHost, settings }),
    talkingMuted: openTalkingMuted(voice),
    waiting: visit.waiting,
    removedBy: visit.removedBy,
    mostAtOnce: openMostAtOnce(link.slug, room.program),
    now: openWallClock(),
    join: visit.join,
    leave: visit.leave,
    joinAndGoLive: visit.joinAndGoLive,
    toggleMute() {
      if (hostMuted.value) return;
      if (settings.pushToTalk.value) settings.pushToTalk.value = false;
      else voice.muted.value = !voice.muted.value;
    },
    goLive() {
      if (room.people.value.some((person) => person.connected)) void host.change('live');
      else dialog.value = 'empty-stage';
    },
    act: (action) => void send(action),
  };
}

/** Cleans up when the visit is over. */
function endWith(
  { phase, working }: Visit,
  { voice, notices, dialog }: Pick<Console, 'voice' | 'notices' | 'dialog'>,
): void {
  effect(() => {
    if (working.value || phase.value === 'left') return;
    voice.close();
    // Questions asked on stage end with it; the last page shows nothing else.
    notices.clear();
    dialog.value = undefined;
  });
  effect(() => {
    if (phase.value === 'left') notices.clear();
  });
}

/** Tells the studio when this person is muted or renamed, and enforces a host's mute. */
function keepStudioTold({
  link,
  room,
  voice,
  name,
  hostMuted,
  rename,
}: Pick<Console, 'link' | 'room' | 'voice' | 'name' | 'hostMuted'> & { rename(to: string): void }): void {
  const tellMuted = openMuteSync({
    muted: () => (voice.publishing.peek().at === 'on' ? voice.silent.peek() : undefined),
    send: (muted) => act(link.slug, link.token, { do: 'muted', muted }),
    refused(muted, why) {
      // A host's mute lasts until a host lifts it: the page must not show an open microphone that nobody hears.
      if (!muted && why.code === 'not-host') voice.muted.value = true;
    },
  });
  // The studio learns our mute with every change and after every reconnect.
  effect(() => {
    voice.silent.value;
    if (voice.publishing.value.at === 'on') tellMuted();
  });
  // Keeps the microphone off, also for push-to-talk and for a key that was pressed before the news arrived.
  effect(() => {
    if (hostMuted.value) voice.muted.value = true;
  });
  effect(() => {
    const wanted = name.value.trim();
    const differs = wanted !== '' && wanted !== room.me.peek().name;
    if (voice.publishing.value.at === 'on' && differs) rename(wanted);
  });
}

/** Asks the studio again when this person's sound is sent but the studio lists them as gone. */
function suspectWhenMissing({
  phase,
  room,
  voice,
  mine,
}: Pick<Console, 'phase' | 'room' | 'voice'> & {
  mine: ReadonlySignal<BackstagePerson | undefined>;
}): void {
  let onSince = 0;
  effect(() => {
    if (voice.publishing.value.at === 'on') onSince = Date.now();
  });
  effect(() => {
    const stage =
      phase.value === 'stage' && room.state.value.at === 'here' && voice.publishing.value.at === 'on';
    if (!stage || mine.value?.connected) return;
    const delay = Date.now() - onSince < JOINING_MS ? SUSPICION_MS.joining : SUSPICION_MS.later;
    const timer = setTimeout(() => voice.suspect(), delay);
    return () => clearTimeout(timer);
  });
}

/** The worst trouble now; hosts can also have it spoken. */
function openTrouble({
  visit: { phase, working },
  room,
  voice,
  words,
  isHost,
  settings,
}: Pick<Console, 'room' | 'voice' | 'words' | 'isHost' | 'settings'> & { visit: Visit }): Console['trouble'] {
  const online = signal(navigator.onLine);
  for (const event of ['online', 'offline'] as const)
    addEventListener(event, () => (online.value = event === 'online'));
  const trouble = computed(() =>
    working.value
      ? troubleOf({ room, voice, words: words.value, onStage: phase.value === 'stage', online: online.value })
      : undefined,
  );
  const alarm = openAlarm();
  effect(() => {
    const it = trouble.value;
    const warned = isHost.value && settings.spokenWarnings.value;
    if (it?.aloud && warned) alarm.raise(it.text, settings.language.value, it.cause === 'quiet');
    else alarm.clear();
  });
  return trouble;
}

/** The wall clock, once a second, in ms. */
function openWallClock(): ReadonlySignal<number> {
  const now = signal(Date.now());
  setInterval(() => (now.value = Date.now()), 1_000);
  return now;
}
