import { effect, type Signal, signal } from '@preact/signals';
import { DEFAULT_MICROPHONE, type MicrophoneChoice } from '../capture/index.ts';
import { firstLanguage, type Language } from './words.ts';

/** What a person chose on this machine; kept in the browser only. */
export interface Settings {
  readonly microphone: Signal<MicrophoneChoice>;
  /** Output device id; empty for the system's. */
  readonly sink: Signal<string>;
  readonly pushToTalk: Signal<boolean>;
  readonly spokenWarnings: Signal<boolean>;
  readonly language: Signal<Language>;
  /** Empty follows the system. */
  readonly theme: Signal<'' | 'light' | 'dark'>;
}

/** Reads the settings and writes each change back. `storage` may be absent (private windows). */
export function openSettings(storage: Storage | undefined, languages: readonly string[]): Settings {
  const kept = <T>(key: string, initial: T, accept: (value: unknown) => T): Signal<T> => {
    let value = initial;
    try {
      const text = storage?.getItem(`earshot.${key}`);
      if (text != null) value = accept(JSON.parse(text));
    } catch {}
    const it = signal(value);
    effect(() => {
      const text = JSON.stringify(it.value);
      try {
        storage?.setItem(`earshot.${key}`, text);
      } catch {}
    });
    return it;
  };
  const flag = (initial: boolean) => (value: unknown) => (typeof value === 'boolean' ? value : initial);
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return {
    microphone: kept('studio.microphone', DEFAULT_MICROPHONE, microphoneOf),
    sink: kept('studio.sink', '', text),
    pushToTalk: kept('studio.push-to-talk', false, flag(false)),
    spokenWarnings: kept('studio.spoken-warnings', true, flag(true)),
    language: kept<Language>('studio.language', firstLanguage(null, languages), (v) =>
      firstLanguage(text(v), languages),
    ),
    theme: kept<'' | 'light' | 'dark'>('studio.theme', '', (v) => (v === 'light' || v === 'dark' ? v : '')),
  };
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
