import type { Evening } from '../../src/wire/evening.ts';
import { type NoteText, type NoteThread, noteThreads } from '../../src/words/note-threads.ts';
import { element } from '../kit/element.ts';
import type { PictureWords } from './words.ts';

/** Between the moment and the writing of a note: more is told. */
const LATE_S = 60;

/** The host's notes under the picture, numbered as in it; undefined when there are none. */
export function noteList({ events }: Evening, words: PictureWords): HTMLElement | undefined {
  const threads = noteThreads(events);
  if (threads.length === 0) return undefined;
  const time = new Intl.DateTimeFormat(words.locale, { hour: '2-digit', minute: '2-digit' });
  const by = ({ author, at, written, entry }: NoteText): HTMLElement =>
    element(
      'span',
      { class: 'small ash' },
      [
        words.authors[author] ?? author,
        written - at > LATE_S ? words.writtenAt(time.format(written * 1000)) : '',
      ]
        .filter(Boolean)
        .join(', '),
      ...(entry === undefined
        ? []
        : [' · ', element('a', { href: `/evidence/entry/${entry}` }, words.entry(entry))]),
    );
  const item = ({ versions, answers }: NoteThread): HTMLElement => {
    const last = versions.at(-1) as NoteText;
    const earlier = versions
      .slice(0, -1)
      .map((one) => element('li', {}, element('s', { dir: 'auto' }, one.text), ' ', by(one)));
    const said = answers.map((one) =>
      element('li', {}, `${words.answer}: `, element('span', { dir: 'auto' }, one.text), ' ', by(one)),
    );
    return element(
      'li',
      {},
      element('time', { datetime: new Date(last.at * 1000).toISOString() }, time.format(last.at * 1000)),
      ' ',
      element('span', { dir: 'auto' }, last.text),
      ' ',
      by(last),
      ...(earlier.length + said.length > 0 ? [element('ul', {}, ...earlier, ...said)] : []),
    );
  };
  return element(
    'section',
    { class: 'notes' },
    element('h3', {}, words.notes),
    element('ol', {}, ...threads.map(item)),
    element('p', { class: 'small ash' }, words.notesAre),
  );
}
