import { effect, type ReadonlySignal, signal } from '@preact/signals';
import {
  type CallState,
  keepAwake,
  type MicrophoneCall,
  type MicrophoneChoice,
  type MonitorCall,
  openPublisher,
  openReceiver,
  type Token,
} from '../../capture/index.ts';
import { type OwnMicrophone, openOwnMicrophone } from './own-microphone.ts';
import type { Settings } from './settings.ts';

/** This person's microphone, and the sound of the stage, as the page shows them. */
export interface Voice extends Omit<OwnMicrophone, 'close'> {
  readonly publishing: ReadonlySignal<CallState>;
  readonly hearing: ReadonlySignal<CallState>;
  /** True while the browser blocks the others' voices until a click. */
  readonly blocked: ReadonlySignal<boolean>;
  /** Takes another microphone, or treats its sound differently. */
  choose(choice: Partial<MicrophoneChoice>): Promise<void>;
  /** True while this person hears the stage without speaking, having no microphone. */
  readonly listening: ReadonlySignal<boolean>;
  join(takeover?: boolean): void;
  /** Joins without speaking. */
  listen(): void;
  leave(): void;
  /** A host moved this person to the listeners: the microphone ends, the sound goes on. */
  stepDown(): void;
  /** Releases the microphone: the room is over for this person, and the studio has ended their sessions. */
  close(): void;
  /** The studio's list says that it does not have us: asks, and connects again if that is true. */
  suspect(): void;
  playOthers(): void;
}

/** Dependencies of a voice. */
export interface VoiceDeps {
  readonly slug: string;
  readonly token: Token;
  readonly settings: Settings;
  /** Waits until the room has a stage. */
  ready(signal: AbortSignal): Promise<void>;
  /** Called with the label of a microphone that replaced an unplugged one. */
  changed(label: string): void;
}

/** States of a session that holds a place on stage. */
const ON_STAGE: readonly CallState['at'][] = ['on', 'lost', 'connecting'];

/** Opens the voice of one person. */
export function openVoice({ slug, token, settings, ready, changed }: VoiceDeps): Voice {
  const publishing = signal<CallState>({ at: 'idle' });
  const hearing = signal<CallState>({ at: 'idle' });
  const blocked = signal(false);
  const listening = signal(false);
  let publisher: MicrophoneCall | undefined;
  let publishedMusic = false;
  let awake: AbortController | undefined;

  const receiver: MonitorCall = openReceiver({
    url: `/r/${slug}/whep`,
    token,
    ready,
    state: (state) => (hearing.value = state),
    blocked: (value) => (blocked.value = value),
  });
  const { close: closeMicrophone, ...own } = openOwnMicrophone({
    settings,
    replaced: () => publisher?.changeTrack().catch(() => {}),
    changed,
  });
  const { microphone } = own;

  function listen(): void {
    listening.value = true;
    if (hearing.value.at === 'idle' || hearing.value.at === 'closed' || hearing.value.at === 'refused')
      receiver.open();
    awake ??= new AbortController();
    keepAwake(awake.signal);
  }

  function join(takeover = false): void {
    const mic = microphone.value;
    if (!mic) return;
    publisher?.close(true);
    publishedMusic = settings.microphone.value.music;
    publisher = openPublisher({
      url: `/r/${slug}/whip`,
      token,
      ready,
      music: publishedMusic,
      track: () => microphone.value?.track ?? mic.track,
      state: (state) => (publishing.value = state),
    });
    publisher.open(takeover);
    listen();
    listening.value = false;
  }

  function leave(keep = false): void {
    publisher?.close(keep);
    publisher = undefined;
    publishing.value = { at: 'closed' };
    receiver.close(keep);
    listening.value = false;
    awake?.abort();
    awake = undefined;
  }

  effect(() => void receiver.sink(settings.sink.value));

  return {
    ...own,
    ...{ publishing, hearing, blocked, listening, join, listen },
    async choose(choice) {
      const next = { ...settings.microphone.value, ...choice };
      if (choice.deviceId === '') delete (next as { deviceId?: string }).deviceId;
      settings.microphone.value = next;
      await own.ask();
      // Stereo is negotiated once per session, so switching music mode needs a new session in the same place.
      if (ON_STAGE.includes(publishing.value.at) && publishedMusic !== next.music) join(true);
    },
    leave: () => leave(),
    stepDown() {
      publisher?.close(true);
      publisher = undefined;
      publishing.value = { at: 'closed' };
      listening.value = true;
    },
    close() {
      leave(true);
      closeMicrophone();
    },
    suspect: () => {
      publisher?.suspect();
      receiver.suspect();
    },
    playOthers: () => receiver.play(),
  };
}
