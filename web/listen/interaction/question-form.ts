import { QUESTION_LENGTH } from '../../../src/wire/interaction/questions.ts';
import { STAGE_NAME_LENGTH } from '../../../src/wire/stage/hands.ts';
import { element } from '../../kit/element.ts';
import { keep, kept } from '../../kit/words.ts';
import type { InteractionWords } from './interaction-words.ts';

const NAME = 'earshot-name';
const DRAFT = 'earshot-question';

/**
 * The form in which a listener asks; their name is kept for the next time. What is typed is kept until it is sent, so
 * that no page that is loaded again loses it.
 */
export function questionForm(
  slug: string,
  words: InteractionWords,
  send: (text: string, name: string) => void,
  cancel: () => void,
) {
  const text = element('textarea', {
    ...{ name: 'text', dir: 'auto', rows: 3, maxlength: QUESTION_LENGTH, required: true },
    oninput: () => draft(text.value),
  });
  const draft = (said: string): void => keep(`${DRAFT} ${slug}`, said);
  text.value = kept(`${DRAFT} ${slug}`) ?? '';
  const name = element('input', {
    ...{ name: 'name', dir: 'auto', maxlength: STAGE_NAME_LENGTH, autocomplete: 'name' },
    value: kept(NAME) ?? '',
  });
  const form = element(
    'form',
    {
      class: 'question-form',
      hidden: text.value === '',
      onsubmit: (event) => {
        event.preventDefault();
        keep(NAME, name.value.trim());
        send(text.value, name.value);
      },
    },
    element('label', {}, element('span', { class: 'small' }, words.question), text),
    element('label', {}, element('span', { class: 'small' }, words.name), name),
    element(
      'div',
      { class: 'actions' },
      element('button', { type: 'submit', class: 'button' }, words.send),
      element('button', { type: 'button', class: 'button quiet', onclick: cancel }, words.cancel),
    ),
  );
  return {
    ...{ form, text },
    /** What was typed has been sent. */
    sent(): void {
      text.value = '';
      draft('');
    },
  };
}
