import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Voice } from './voice.ts';

/** Louder than this is speech, in dBFS. */
const SPEECH = -32;
/** Talking into a microphone that is off is reported after this time, in ms. */
const NOTICED_MS = 600;
/** Silence within this time after talking began does not end it, in ms. */
const PAUSE_MS = 1_500;

/** Whether this person talks into a microphone that is off. */
export function openTalkingMuted({
  silent,
  held,
  level,
}: Pick<Voice, 'silent' | 'held' | 'level'>): ReadonlySignal<boolean> {
  const talking = signal(false);
  let loudSince = 0;
  effect(() => {
    const loud = silent.value && !held.value && level.value > SPEECH;
    const now = Date.now();
    if (loud) loudSince ||= now;
    else if (now - loudSince > PAUSE_MS) loudSince = 0;
    talking.value = loud && now - loudSince > NOTICED_MS;
  });
  return talking;
}
