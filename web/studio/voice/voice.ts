import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import {
  type CallState,
  type Devices,
  keepAwake,
  type Microphone,
  type MicrophoneChoice,
  type MicrophoneRefusal,
  openMicrophone,
  openPublisher,
  openReceiver,
  type Publisher,
  type Receiver,
  type Token,
  watchDevices,
} from '../../capture/index.ts';
import type { Settings } from './settings.ts';

/** This person's microphone and ears, as the page shows them. */
export interface Voice {
  readonly microphone: ReadonlySignal<Microphone | undefined>;
  readonly problem: ReadonlySignal<MicrophoneRefusal | 'unplugged' | undefined>;
  readonly asking: ReadonlySignal<boolean>;
  readonly devices: ReadonlySignal<Devices>;
  /** dBFS, 20 times a second, also while muted. */
  readonly level: ReadonlySignal<number>;
  readonly muted: Signal<boolean>;
  /** Push-to-talk is being held. */
  readonly held: Signal<boolean>;
  /** What the studio really gets: muted, or push-to-talk not held. */
  readonly silent: ReadonlySignal<boolean>;
  readonly publishing: ReadonlySignal<CallState>;
  readonly hearing: ReadonlySignal<CallState>;
  /** The browser holds the others' voices back until a click. */
  readonly blocked: ReadonlySignal<boolean>;
  ask(): Promise<void>;
  choose(choice: Partial<MicrophoneChoice>): Promise<void>;
  /** Hears the stage without speaking: the place of somebody who has no microphone. */
  readonly listening: ReadonlySignal<boolean>;
  join(takeover?: boolean): void;
  /** Joins with ears only. */
  listen(): void;
  leave(): void;
  /** Gives the microphone back: the room is over for this person, and the studio has ended their sessions. */
  close(): void;
  /** The roster says the studio does not have us. */
  suspect(): void;
  playOthers(): void;
}

/** What a voice needs. */
export interface VoiceDeps {
  readonly slug: string;
  readonly token: Token;
  readonly settings: Settings;
  /** Waits until the room has a stage. */
  ready(signal: AbortSignal): Promise<void>;
  /** Told the label of a microphone that replaced an unplugged one. */
  changed(label: string): void;
}

/** Opens the voice of one person. */
export function openVoice({ slug, token, settings, ready, changed }: VoiceDeps): Voice {
  const microphone = signal<Microphone | undefined>();
  const problem = signal<MicrophoneRefusal | 'unplugged' | undefined>();
  const asking = signal(false);
  const devices = signal<Devices>({ inputs: [], outputs: [] });
  const level = signal(-127);
  const muted = signal(false);
  const held = signal(false);
  const publishing = signal<CallState>({ at: 'idle' });
  const hearing = signal<CallState>({ at: 'idle' });
  const blocked = signal(false);
  const listening = signal(false);
  const silent = computed(() => (settings.pushToTalk.value ? !held.value : muted.value));
  let publisher: Publisher | undefined;
  let publishedMusic = false;
  let awake: AbortController | undefined;
  let generation = 0;

  const receiver: Receiver = openReceiver({
    url: `/r/${slug}/whep`,
    token,
    ready,
    state: (state) => (hearing.value = state),
    blocked: (value) => (blocked.value = value),
  });

  async function ask(): Promise<void> {
    const turn = ++generation;
    asking.value = true;
    let got = await openMicrophone(settings.microphone.value, () => void unplugged(turn));
    if (got === 'none' && settings.microphone.value.deviceId) {
      // The chosen microphone is not here today: any other is better than none.
      const { deviceId: _, ...rest } = settings.microphone.value;
      got = await openMicrophone(rest, () => void unplugged(turn));
    }
    if (turn !== generation) return typeof got === 'string' ? undefined : got.close();
    asking.value = false;
    const before = microphone.value;
    if (typeof got === 'string') {
      problem.value = got;
      microphone.value = undefined;
    } else {
      problem.value = undefined;
      got.mute(silent.value);
      microphone.value = got;
      await publisher?.changeTrack().catch(() => {});
    }
    before?.close();
    await look();
  }

  async function unplugged(turn: number): Promise<void> {
    if (turn !== generation) return;
    await ask();
    const now = microphone.value;
    if (now) changed(now.label);
    else problem.value = 'unplugged';
  }

  const forever = new AbortController();
  const look = watchDevices((found) => {
    devices.value = found;
    const waiting = problem.value === 'unplugged' || problem.value === 'none';
    if (waiting && found.inputs.length > 0 && !asking.value) void ask();
  }, forever.signal);

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

  effect(() => microphone.value?.mute(silent.value));
  effect(() => void receiver.sink(settings.sink.value));
  setInterval(() => (level.value = microphone.peek()?.level() ?? -127), 50);

  return {
    microphone,
    problem,
    asking,
    devices,
    level,
    muted,
    held,
    silent,
    publishing,
    hearing,
    blocked,
    ask,
    listening,
    join,
    listen,
    async choose(choice) {
      const next = { ...settings.microphone.value, ...choice };
      if (choice.deviceId === '') delete (next as { deviceId?: string }).deviceId;
      settings.microphone.value = next;
      await ask();
      const onStage =
        publishing.value.at === 'on' ||
        publishing.value.at === 'lost' ||
        publishing.value.at === 'connecting';
      // Stereo is agreed once per session, so music mode needs a new one on the same place.
      if (onStage && publishedMusic !== next.music) join(true);
    },
    leave: () => leave(),
    close() {
      leave(true);
      generation++;
      microphone.peek()?.close();
      microphone.value = undefined;
      forever.abort();
    },
    suspect: () => {
      publisher?.suspect();
      receiver.suspect();
    },
    playOthers: () => receiver.play(),
  };
}
