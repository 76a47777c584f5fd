import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openAlarm, REPEAT } from './alarm.ts';

let spoken: string[];
let beeps: number;
beforeEach(() => {
  vi.useFakeTimers();
  spoken = [];
  beeps = 0;
  vi.stubGlobal(
    'SpeechSynthesisUtterance',
    class {
      readonly text: string;
      lang = '';
      rate = 1;
      constructor(text: string) {
        this.text = text;
      }
    },
  );
  vi.stubGlobal('speechSynthesis', {
    getVoices: () => [{}],
    cancel() {},
    speak: (it: { text: string; lang: string }) => spoken.push(`${it.lang}: ${it.text}`),
  });
  vi.stubGlobal(
    'AudioContext',
    class {
      currentTime = 0;
      destination = {};
      constructor() {
        beeps++;
      }
      createGain() {
        return { connect() {}, gain: { value: 0, setTargetAtTime() {} } };
      }
      createOscillator() {
        return { frequency: { value: 0 }, connect() {}, start() {}, stop() {} };
      }
      async close() {}
    },
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a fault is announced at first and again every 20 s, until it is over', () => {
  const alarm = openAlarm();
  for (let i = 0; i < 5; i++) alarm.raise('You are muted', 'en', false);
  expect(spoken).toEqual(['en: You are muted']);
  vi.advanceTimersByTime(2 * REPEAT);
  expect(spoken).toHaveLength(3);
  alarm.clear();
  vi.advanceTimersByTime(5 * REPEAT);
  expect(spoken).toHaveLength(3);
  alarm.raise('You are muted', 'fr', false);
  expect(spoken.at(-1)).toBe('fr: You are muted');
  alarm.clear();
});

test('another fault is announced at once', () => {
  const alarm = openAlarm();
  alarm.raise('a', 'en', false);
  alarm.raise('b', 'en', false);
  vi.advanceTimersByTime(REPEAT);
  expect(spoken).toEqual(['en: a', 'en: b', 'en: b']);
  alarm.clear();
});

test('with an open microphone it beeps, and so it does where no voice is installed', () => {
  const alarm = openAlarm();
  alarm.raise('quiet', 'en', true);
  expect([spoken.length, beeps]).toEqual([0, 1]);
  vi.stubGlobal('speechSynthesis', { getVoices: () => [], cancel() {}, speak: () => spoken.push('never') });
  alarm.raise('muted', 'en', false);
  expect([spoken.length, beeps]).toEqual([0, 2]);
  alarm.clear();
});
