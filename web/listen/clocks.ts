import type { Clocks } from '../../src/wire/room.ts';
import { element } from '../kit/element.ts';
import type { AllWords } from '../kit/words.ts';
import { dayOf, fullTime, timeOf } from './say.ts';

/** True where clocks of a zone show another time than the listener's. */
const differs = (zone: string, at: number): boolean => {
  const shown = (timeZone?: string): string =>
    new Intl.DateTimeFormat('en', {
      dateStyle: 'short',
      timeStyle: 'short',
      ...(timeZone ? { timeZone } : {}),
    }).format(at);
  return shown(zone) !== shown();
};

/** The four clocks of a room, in the listener's time zone; the announced start in that of its hosts as well. */
export function openClocks(
  words: AllWords,
  zone?: string,
): { readonly node: HTMLElement; show(clocks: Clocks): void } {
  const rows = (
    [
      ['scheduled', words.clockScheduled],
      ['opened', words.clockOpened],
      ['firstAudio', words.clockFirstAudio],
      ['firstSpeech', words.clockFirstSpeech],
    ] as const
  ).map(([key, label]) => ({ key, value: element('dd', {}), label: element('dt', {}, label) }));
  const node = element(
    'section',
    { class: 'clocks', 'aria-label': words.clocks },
    element('dl', {}, ...rows.map(({ label, value }) => element('div', {}, label, value))),
  );
  return {
    node,
    show(clocks) {
      for (const { key, value } of rows) {
        const at = clocks[key];
        // A page that stays open past midnight shows the day as well.
        const mark = `${at ?? ''} ${new Date().toDateString()}`;
        if (value.dataset.at === mark) continue;
        value.dataset.at = mark;
        value.className = at === undefined ? 'ash' : '';
        if (at === undefined) value.replaceChildren(key === 'scheduled' ? words.none : words.notYet);
        else {
          const today = new Date(at).toDateString() === new Date().toDateString();
          value.replaceChildren(
            element('time', { datetime: new Date(at).toISOString() }, timeOf(at, words)),
            today ? '' : element('span', { class: 'day small ash' }, ` ${dayOf(at, Date.now(), words)}`),
            key === 'scheduled' && zone !== undefined && differs(zone, at)
              ? element('span', { class: 'day small ash' }, ` · ${fullTime(at, words, zone)}`)
              : '',
          );
        }
      }
    },
  };
}
