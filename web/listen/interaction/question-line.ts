import type { AskedQuestion } from '../../../src/wire/interaction/questions.ts';
import { element } from '../../kit/element.ts';
import type { InteractionWords } from './interaction-words.ts';

/** How this page votes for a question. */
export interface LineVote {
  /** True when it has. */
  readonly mine: boolean;
  vote(): void;
}

/** One question; without `vote` it takes none. */
export function questionLine(
  { id, text, name, votes }: AskedQuestion,
  words: InteractionWords,
  /** Where it is reported. */
  report: string,
  vote?: LineVote,
): HTMLElement {
  const press =
    vote &&
    element(
      'button',
      {
        ...{ type: 'button', class: 'button quiet vote', 'aria-pressed': String(vote.mine), 'data-vote': id },
        onclick: () => (vote.mine ? undefined : vote.vote()),
      },
      vote.mine ? words.voted : words.vote,
    );
  return element(
    'li',
    { 'data-question': id },
    element('p', { dir: 'auto' }, text),
    element(
      'p',
      { class: 'small ash' },
      words.votes(votes),
      ...(name ? [' · ', element('bdi', {}, name)] : []),
    ),
    element(
      'div',
      { class: 'question-row' },
      press,
      element(
        'a',
        { class: 'small', rel: 'nofollow', href: report, 'aria-label': `${words.report}: ${text}` },
        words.report,
      ),
    ),
  );
}
