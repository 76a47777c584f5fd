/** Tells the host aloud that something is wrong on air. */
export interface Alarm {
  /** Says the sentence now and every `REPEAT` until `clear` is called. A new sentence replaces the old one. */
  raise(sentence: string, language: string, tone: boolean): void;
  clear(): void;
}

/** Time between two warnings about the same trouble, in milliseconds. */
export const REPEAT = 20_000;

/**
 * Opens the alarm. With `tone` it beeps instead of speaking: an open microphone would carry a voice to the audience,
 * and echo cancellers know the page's own tones but not the system's voice.
 */
export function openAlarm(): Alarm {
  let timer: ReturnType<typeof setInterval> | undefined;
  let current = '';
  const clear = () => {
    clearInterval(timer);
    current = '';
    globalThis.speechSynthesis?.cancel();
  };
  return {
    clear,
    raise(sentence, language, tone) {
      if (sentence === current) return;
      clear();
      current = sentence;
      const sound = () => (tone || !canSpeak() ? beep() : speak(sentence, language));
      sound();
      timer = setInterval(sound, REPEAT);
    },
  };
}

const canSpeak = (): boolean => (globalThis.speechSynthesis?.getVoices().length ?? 0) > 0;

function speak(sentence: string, language: string): void {
  const utterance = new SpeechSynthesisUtterance(sentence);
  utterance.lang = language;
  utterance.rate = 1.05;
  speechSynthesis.speak(utterance);
}

function beep(): void {
  const context = new AudioContext();
  const gain = context.createGain();
  gain.connect(context.destination);
  gain.gain.value = 0;
  [0, 0.22].forEach((at, i) => {
    const tone = context.createOscillator();
    tone.frequency.value = i === 0 ? 660 : 520;
    tone.connect(gain);
    gain.gain.setTargetAtTime(0.12, context.currentTime + at, 0.01);
    gain.gain.setTargetAtTime(0, context.currentTime + at + 0.14, 0.02);
    tone.start(context.currentTime + at);
    tone.stop(context.currentTime + at + 0.3);
  });
  setTimeout(() => void context.close(), 1_000);
}
