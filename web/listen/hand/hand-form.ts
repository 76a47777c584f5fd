import { STAGE_NAME_LENGTH, TOPIC_LENGTH } from '../../../src/wire/stage/hands.ts';
import { element } from '../../kit/element.ts';
import { keep, kept } from '../../kit/words.ts';
import type { HandWords } from './hand-words.ts';

const NAME = 'earshot-name';

/** The form in which a listener says who they are and what they want to say. The name is kept for the next time. */
export function handForm(words: HandWords, send: (name: string, topic: string) => void, cancel: () => void) {
  const name = element('input', {
    ...{ name: 'name', dir: 'auto', required: true, maxlength: STAGE_NAME_LENGTH, autocomplete: 'name' },
    value: kept(NAME) ?? '',
  });
  const topic = element('input', {
    name: 'topic',
    dir: 'auto',
    maxlength: TOPIC_LENGTH,
    autocomplete: 'off',
  });
  const form = element(
    'form',
    {
      class: 'hand-form',
      onsubmit: (event) => {
        event.preventDefault();
        keep(NAME, name.value.trim());
        send(name.value.trim(), topic.value.trim());
      },
    },
    element('label', {}, element('span', { class: 'small' }, words.name), name),
    element('label', {}, element('span', { class: 'small' }, words.topic), topic),
    element('p', { class: 'small ash' }, words.hint),
    element(
      'div',
      { class: 'actions' },
      element('button', { type: 'submit', class: 'button' }, words.send),
      element('button', { type: 'button', class: 'button quiet', onclick: cancel }, words.cancel),
    ),
  );
  return { form, name, topic };
}
