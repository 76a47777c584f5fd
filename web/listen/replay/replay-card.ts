/** What a replay consists of: chapters, who speaks next, the waveform, clips, and what was left out. */

import type { ReplayOutline, Waveform } from '../../../src/wire/replay/outline.ts';
import { isRunning, type RoomState } from '../../../src/wire/room.ts';
import { element, write } from '../../kit/element.ts';
import { roomAt } from '../../kit/room-name.ts';
import type { AllWords } from '../../kit/words.ts';
import type { Sound } from '../sound.ts';
import { openLockScreen } from './lock-screen.ts';
import { indexAt, neighbour } from './neighbour.ts';
import { openPartsList } from './parts-list.ts';
import { openSaidBack } from './said-back.ts';
import { openWaveform } from './waveform.ts';
import './replay.css';

/** A recording that grows is read again after this long, ms; one that is over only where it was trimmed or mended. */
const AGAIN_MS = 30_000;
const AGAIN_OVER_MS = 120_000;

/** The card. */
export interface ReplayCard {
  readonly node: HTMLElement;
  /** `from`: where the page would begin, seconds. */
  show(state: RoomState, from: number | undefined): void;
  /** Goes to the next person who speaks, or the one before; false when there is none. */
  skip(by: 1 | -1): boolean;
}

/** Makes the card of a room. */
export function openReplayCard(slug: string, words: AllWords, sound: Sound): ReplayCard {
  let outline: ReplayOutline | undefined;
  let text: string | undefined;
  let asked = Number.NEGATIVE_INFINITY;
  let waveAsked = false;
  let running = false;
  let shown: ReplayOutline | undefined;
  let here = 0;

  const go = (at: number): void => {
    if (sound.replay) sound.replay.seek(at);
    else void sound.back(at);
  };
  const waveform = openWaveform(words, go);
  const said = openSaidBack(go);
  const previous = element('button', { type: 'button', class: 'button quiet' }, words.previousSpeaker);
  const next = element('button', { type: 'button', class: 'button quiet' }, words.nextSpeaker);
  const now = element('p', { class: 'now-speaking', dir: 'auto' });
  const parts = openPartsList(slug, words, go);
  const node = element(
    'section',
    { class: 'replay-card', 'aria-label': words.replayParts, hidden: true },
    said.picture,
    waveform.node,
    now,
    element('div', { class: 'actions' }, previous, next),
    ...said.nodes,
    ...parts.nodes,
  );

  const skip = (by: 1 | -1): boolean => {
    const to = outline && neighbour(outline.turns, sound.replay?.at ?? here, by);
    if (to === undefined) return false;
    go(to);
    return true;
  };
  previous.addEventListener('click', () => skip(-1));
  next.addEventListener('click', () => skip(1));
  const lockScreen = openLockScreen(sound, { skip, go });

  const read = async (file: string): Promise<string | undefined> => {
    const response = await fetch(`${roomAt(slug)}/replay/${file}`).catch(() => undefined);
    return response?.ok ? response.text().catch(() => undefined) : undefined;
  };
  const look = (): void => {
    const due = running ? AGAIN_MS : AGAIN_OVER_MS;
    if (document.hidden || performance.now() - asked < due) return;
    asked = performance.now();
    void read('outline.json').then((fresh) => {
      // One that has not changed keeps what is unfolded, and the focus.
      if (fresh && fresh !== text) {
        text = fresh;
        outline = JSON.parse(fresh) as ReplayOutline;
      }
      // Soon again: the first seconds may just be written.
      if (!fresh && running) asked = performance.now() - due + 8_000;
    });
    // A recording that grows has no picture of its whole yet.
    if (running || waveAsked) return;
    waveAsked = true;
    void read('waveform.json').then((fresh) => {
      if (fresh) waveform.read(JSON.parse(fresh) as Waveform);
      else waveAsked = false;
    });
  };

  return {
    node,
    skip,
    show(state, from) {
      running = isRunning(state.status);
      const { replay } = sound;
      const gone = state.recording?.removedAt !== undefined;
      // Who hears the live program does not need it.
      const wanted = !gone && (state.status === 'ended' || replay !== undefined);
      node.hidden = !wanted || !outline;
      lockScreen.bind(wanted && replay !== undefined);
      if (!wanted) return;
      look();
      if (!outline) return;
      if (shown !== outline) {
        shown = outline;
        parts.list(outline);
        said.list(outline);
      }
      here = replay?.at ?? from ?? 0;
      const whole = replay?.seconds || outline.seconds;
      waveform.show(here, whole, outline.chapters);
      lockScreen.place(here, whole);
      said.show(here);
      const turn = outline.turns[indexAt(outline.turns, here)];
      previous.hidden = next.hidden = outline.turns.length < 2;
      next.toggleAttribute('disabled', neighbour(outline.turns, here, 1) === undefined);
      now.hidden = !turn;
      if (turn) write(now, words.nowSpeaking(turn.title));
      parts.mark(indexAt(outline.chapters, here));
    },
  };
}
