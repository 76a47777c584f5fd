import type { Pin } from '../../../src/wire/interaction/questions.ts';
import type { RoomState } from '../../../src/wire/room.ts';
import { element, write } from '../../kit/element.ts';
import { language } from '../../kit/words.ts';
import { type InteractionWords, interactionWords } from './interaction-words.ts';
import { openQuestionCard } from './question-card.ts';
import { openReactionBar } from './reaction-bar.ts';
import './interaction.css';

/** What a listener can say back, and what the host has pinned. */
export interface InteractionCard {
  readonly nodes: readonly HTMLElement[];
  /** Takes what the room says now; `live`: this page hears the live program and no recording. */
  show(state: RoomState, live: boolean): void;
}

/** Opens it for a room. */
export function openInteraction(slug: string): InteractionCard {
  const words = interactionWords(language());
  const bar = openReactionBar(slug, words);
  const questions = openQuestionCard(slug, words);
  const pin = openPin(words);
  return {
    nodes: [pin.node, bar.node, questions.node],
    show(state, live) {
      pin.show(live ? state.pinned : undefined);
      bar.show(live ? state.reactions : undefined);
      questions.show(state.questions, state.streams);
    },
  };
}

function openPin(words: InteractionWords) {
  const text = element('p', { dir: 'auto', class: 'pin-text' });
  const link = element('a', { rel: 'nofollow noopener noreferrer ugc', target: '_blank' });
  const node = element(
    'aside',
    { class: 'pin card', 'aria-label': words.pinned, 'aria-live': 'polite', hidden: true },
    element('p', { class: 'small ash' }, words.pinned),
    text,
    link,
  );
  return {
    node,
    show(pinned: Pin | 0 | undefined): void {
      node.hidden = !pinned;
      if (!pinned) return;
      write(text, pinned.text);
      const to = pinned.link && URL.canParse(pinned.link) ? new URL(pinned.link) : undefined;
      const safe = to?.protocol === 'https:' ? to : undefined;
      link.hidden = !safe;
      if (!safe) return;
      link.href = safe.href;
      link.title = words.link(safe.host);
      write(link, safe.host);
    },
  };
}
