import { effect, type Signal, signal } from '@preact/signals';
import { DEFAULT_MICROPHONE, type MicrophoneChoice } from '../../capture/index.ts';
import { keepTheme, keptTheme, type Theme } from '../../kit/theme.ts';
import { chooseLanguage, keep, kept, type Language, language } from '../../kit/words.ts';

/** A person's choices on this device; stored in the browser only. */
export interface Settings {
  readonly microphone: Signal<MicrophoneChoice>;
  /** Output device id; empty for the system default. */
  readonly sink: Signal<string>;
  readonly pushToTalk: Signal<boolean>;
  readonly spokenWarnings: Signal<boolean>;
  /** A soft tone when a hand goes up. */
  readonly handChime: Signal<boolean>;
  readonly language: Signal<Language>;
  /** Undefined: follows the system. */
  readonly theme: Signal<Theme | undefined>;
}

/** Reads the settings and stores each change; language and theme are shared with the other pages. */
export function openSettings(): Settings {
  const settings: Settings = {
    microphone: remembered('studio-microphone', microphoneOf),
    sink: remembered('studio-sink', (value) => (typeof value === 'string' ? value : '')),
    pushToTalk: remembered('studio-push-to-talk', (value) => value === true),
    spokenWarnings: remembered('studio-spoken-warnings', (value) => value !== false),
    handChime: remembered('studio-hand-chime', (value) => value !== false),
    language: signal(language()),
    theme: signal(keptTheme()),
  };
  effect(() => chooseLanguage(settings.language.value));
  effect(() => {
    if (settings.theme.value) keepTheme(settings.theme.value);
  });
  return settings;
}

/** A setting stored as JSON; `accept` turns an unknown value, or undefined, into a valid one. */
function remembered<T>(name: string, accept: (value: unknown) => T): Signal<T> {
  let value: unknown;
  try {
    value = JSON.parse(kept(`earshot-${name}`) ?? 'null');
  } catch {}
  const it = signal(accept(value ?? undefined));
  effect(() => keep(`earshot-${name}`, JSON.stringify(it.value)));
  return it;
}

function microphoneOf(value: unknown): MicrophoneChoice {
  if (!value || typeof value !== 'object') return DEFAULT_MICROPHONE;
  const it = { ...value } as Record<string, unknown>;
  const flag = (key: 'music' | 'echoCancellation' | 'noiseSuppression' | 'autoGainControl') =>
    typeof it[key] === 'boolean' ? it[key] : DEFAULT_MICROPHONE[key];
  return {
    ...(typeof it['deviceId'] === 'string' && it['deviceId'] ? { deviceId: it['deviceId'] } : {}),
    music: flag('music'),
    echoCancellation: flag('echoCancellation'),
    noiseSuppression: flag('noiseSuppression'),
    autoGainControl: flag('autoGainControl'),
  };
}
