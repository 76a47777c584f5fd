import {
  MOST_PER_SECOND,
  REACTIONS,
  type Reaction,
  type ReactionsTold,
} from '../../../src/wire/interaction/reactions.ts';
import { deviceKey } from '../../kit/device-key.ts';
import { element, write } from '../../kit/element.ts';
import { roomAt } from '../../kit/room-name.ts';
import type { InteractionWords } from './interaction-words.ts';
import { reactionIcon } from './reaction-icon.ts';

/** Taps within this time are sent together, ms. */
const TOGETHER_MS = 400;
/** A screen reader is told at most so often, ms. */
const SPOKEN_MS = 15_000;
const NOTE_MS = 4_000;

/** A reaction that was not taken is sent once more after about this time, ms. */
const RETRY_MS = 3_000;

/** The buttons with which a listener reacts, and what everybody does. */
export interface ReactionBar {
  readonly node: HTMLElement;
  show(told: ReactionsTold | 0 | undefined): void;
}

/** Opens the bar of a room. */
export function openReactionBar(slug: string, words: InteractionWords): ReactionBar {
  const tapped = new Map<Reaction, number>();
  let waiting = false;
  let spokenAt = Number.NEGATIVE_INFINITY;
  const note = element('p', { class: 'small ash', role: 'status' });
  const spoken = element('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  let noteTimer: ReturnType<typeof setTimeout> | undefined;
  const say = (text: string): void => {
    write(note, text);
    clearTimeout(noteTimer);
    noteTimer = setTimeout(() => write(note, ''), NOTE_MS);
  };
  const send = async (): Promise<void> => {
    waiting = false;
    const body = JSON.stringify({ device: deviceKey(), reactions: Object.fromEntries(tapped) });
    tapped.clear();
    for (let tries = 2; ; ) {
      const answer = await fetch(`${roomAt(slug)}/react`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }).catch(() => undefined);
      if (answer?.ok) return;
      // A strained door answers 429 as well: that has nothing to do with this device, and passes.
      const said = (await answer?.json().catch(() => undefined)) as { code?: string } | undefined;
      if (said?.code === 'too-often') return say(words.perSecond(MOST_PER_SECOND));
      tries -= 1;
      if (tries === 0) return say(words.unreachable);
      await new Promise((done) => setTimeout(done, RETRY_MS * (0.7 + Math.random() * 0.6)));
    }
  };
  const tap = (reaction: Reaction, button: HTMLElement): void => {
    const all = [...tapped.values()].reduce((sum, n) => sum + n, 0);
    if (all >= MOST_PER_SECOND) {
      say(words.perSecond(MOST_PER_SECOND));
      return;
    }
    tapped.set(reaction, (tapped.get(reaction) ?? 0) + 1);
    button.classList.add('tapped');
    setTimeout(() => button.classList.remove('tapped'), TOGETHER_MS);
    if (waiting) return;
    waiting = true;
    setTimeout(() => void send(), TOGETHER_MS);
  };
  const figures = REACTIONS.map(() => element('span', { class: 'reaction-count', 'aria-hidden': 'true' }));
  const buttons = REACTIONS.map((reaction, index) => {
    const button: HTMLElement = element(
      'button',
      {
        ...{ type: 'button', class: 'reaction', 'data-reaction': reaction },
        onclick: () => tap(reaction, button),
      },
      reactionIcon(reaction),
      element('span', { class: 'reaction-name small' }, words.reactions[reaction]),
      figures[index],
    );
    return button;
  });
  const node = element(
    'section',
    { class: 'reactions', 'aria-label': words.react },
    element('div', { class: 'reaction-row' }, ...buttons),
    note,
    spoken,
  );
  return {
    node,
    show(told) {
      node.hidden = !told;
      if (!told) return;
      const shown = told.recent;
      for (const [index, figure] of figures.entries()) {
        const count = shown[index] ?? 0;
        write(figure, count > 0 ? count.toLocaleString() : '');
        buttons[index]?.classList.toggle('seen', count > 0);
      }
      const list = REACTIONS.flatMap((reaction, index) =>
        shown[index] ? [`${words.reactions[reaction]} ${shown[index]}`] : [],
      );
      if (list.length === 0 || performance.now() - spokenAt < SPOKEN_MS) return;
      spokenAt = performance.now();
      write(spoken, words.lately(list.join(', ')));
    },
  };
}
