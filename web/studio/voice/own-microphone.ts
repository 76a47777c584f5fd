import { computed, effect, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import {
  type Devices,
  type Microphone,
  type MicrophoneRefusal,
  openMicrophone,
  watchDevices,
} from '../../capture/index.ts';
import type { Settings } from './settings.ts';

/** This person's microphone: opens it, mutes it, and replaces it when it is unplugged. */
export interface OwnMicrophone {
  readonly microphone: ReadonlySignal<Microphone | undefined>;
  readonly problem: ReadonlySignal<MicrophoneRefusal | 'unplugged' | undefined>;
  readonly asking: ReadonlySignal<boolean>;
  readonly devices: ReadonlySignal<Devices>;
  /** dBFS, 20 times a second, also while muted. */
  readonly level: ReadonlySignal<number>;
  readonly muted: Signal<boolean>;
  /** True while the push-to-talk key is held. */
  readonly held: Signal<boolean>;
  /** True while the studio gets no sound: muted, or push-to-talk is not held. */
  readonly silent: ReadonlySignal<boolean>;
  /** Opens the chosen microphone, and closes the one that was open before. */
  ask(): Promise<void>;
  /** Releases the microphone for good. */
  close(): void;
}

/** Dependencies of a microphone. */
export interface OwnMicrophoneDeps {
  readonly settings: Settings;
  /** Called when there is another track to publish. */
  replaced(): Promise<void> | undefined;
  /** Called with the label of a microphone that replaced an unplugged one. */
  changed(label: string): void;
}

/** How often the level is read, in ms. */
const LEVEL_MS = 50;

/** Prepares the microphone; the browser does not ask for permission before `ask`. */
export function openOwnMicrophone({ settings, replaced, changed }: OwnMicrophoneDeps): OwnMicrophone {
  const microphone = signal<Microphone | undefined>();
  const problem = signal<MicrophoneRefusal | 'unplugged' | undefined>();
  const asking = signal(false);
  const devices = signal<Devices>({ inputs: [], outputs: [] });
  const level = signal(-127);
  const muted = signal(false);
  const held = signal(false);
  const silent = computed(() => (settings.pushToTalk.value ? !held.value : muted.value));
  const forever = new AbortController();
  // The newest call of `ask`; results of older ones are dropped.
  let generation = 0;

  async function ask(): Promise<void> {
    const turn = ++generation;
    asking.value = true;
    let got = await openMicrophone(settings.microphone.value, () => void unplugged(turn));
    if (got === 'none' && settings.microphone.value.deviceId) {
      // The chosen microphone is not plugged in: any other is better than none.
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
      await replaced();
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

  const look = watchDevices((found) => {
    devices.value = found;
    const waiting = problem.value === 'unplugged' || problem.value === 'none';
    if (waiting && found.inputs.length > 0 && !asking.value) void ask();
  }, forever.signal);
  effect(() => microphone.value?.mute(silent.value));
  setInterval(() => (level.value = microphone.peek()?.level() ?? -127), LEVEL_MS);

  return {
    ...{ microphone, problem, asking, devices, level, muted, held, silent, ask },
    close() {
      generation++;
      microphone.peek()?.close();
      microphone.value = undefined;
      forever.abort();
    },
  };
}
