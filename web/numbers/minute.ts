import type { Evening } from '../../src/wire/evening.ts';
import { element, write } from '../kit/element.ts';
import { countsOf } from './minute-count.ts';
import type { PictureWords } from './words.ts';

const MINUTE = 60;
const two = (value: number): string => String(value).padStart(2, '0');
/** The time of day as a time field has it. */
const timeOfDay = (at: number): string => {
  const date = new Date(at * 1000);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
};

/** The minute of an evening that has this time of day, in the zone of the browser; the first where there are several. */
export function minuteAt({ points }: Evening, time: string): number | undefined {
  const found = points.find(([at]) => timeOfDay(at) === time);
  return found && found[0] - (found[0] % MINUTE);
}

/** A question about one minute, and its answer in a sentence. It keeps its time when the picture changes. */
export function minuteForm(words: PictureWords): {
  readonly node: HTMLElement;
  show(evening: Evening): void;
} {
  const input = element('input', { type: 'time', id: 'minute', required: true });
  const answer = element('p', { class: 'answer', role: 'status' });
  const node = element(
    'div',
    { class: 'minute' },
    element('label', { for: 'minute' }, words.atMinute),
    input,
    answer,
    element('p', { class: 'small ash' }, words.zone(Intl.DateTimeFormat().resolvedOptions().timeZone)),
  );
  let evening: Evening | undefined;
  const say = (): void => {
    if (!evening) return;
    const at = minuteAt(evening, input.value);
    const counts = at === undefined ? undefined : countsOf(evening, at);
    write(answer, counts ? words.minute(timeOfDay(counts.at), counts, evening.step) : words.noMinute);
  };
  input.addEventListener('input', say);
  return {
    node,
    show(now) {
      const first = evening === undefined;
      evening = now;
      const best = now.points.reduce(
        (top, point) => (point[3] > top[3] ? point : top),
        now.points[0] ?? [0, 0, 0, 0, 0],
      );
      if (first) input.value = timeOfDay(best[0]);
      say();
    },
  };
}
