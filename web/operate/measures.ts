import { element, write } from '../kit/element.ts';
import { authorization } from '../kit/operator-key.ts';
import { roomsInTables } from './doing.ts';
import type { OperateWords } from './words.ts';

/** What the operator does to a room. */
type Measure = 'stop' | 'resume' | 'release';
const MEASURES: readonly Measure[] = ['stop', 'resume', 'release'];

/** The form with which the operator stops a room, resumes it, or brings it back from quarantine. */
export function measuresForm(words: OperateWords): HTMLElement {
  const told = element('p', { role: 'status', class: 'done' });
  const problem = element('p', { class: 'problem small', role: 'alert' });
  const known = element('datalist', { id: 'known-rooms' });
  const room = element('input', {
    ...{
      id: 'measure-room',
      autocomplete: 'off',
      autocapitalize: 'none',
      spellcheck: false,
      list: 'known-rooms',
    },
  });
  const reason = element('input', { id: 'measure-reason', maxlength: 200, dir: 'auto', autocomplete: 'off' });
  room.addEventListener('focus', () =>
    known.replaceChildren(...roomsInTables().map((slug) => element('option', { value: slug }))),
  );
  const act = async (measure: Measure, button: HTMLButtonElement): Promise<void> => {
    write(told, '');
    write(problem, '');
    // A whole address is as good as its last part.
    const slug = room.value
      .trim()
      .replace(/^.*\/r\//, '')
      .replace(/[/?#].*$/, '');
    if (slug === '' || (measure === 'stop' && reason.value.trim() === '')) {
      write(problem, slug === '' ? words.measureNoRoom : words.measureNoReason);
      (slug === '' ? room : reason).focus();
      return;
    }
    button.disabled = true;
    const response = await fetch(`/api/rooms/${encodeURIComponent(slug)}/${measure}`, {
      method: 'POST',
      headers: { ...authorization(), 'content-type': 'application/json' },
      body: measure === 'stop' ? JSON.stringify({ reason: reason.value.trim() }) : '{}',
    }).catch(() => undefined);
    button.disabled = false;
    if (response?.ok) {
      write(told, words.measureDone[measure](slug));
      return;
    }
    const why = (await response?.json().catch(() => undefined)) as
      | { title?: string; detail?: string }
      | undefined;
    write(problem, words.failed(why?.detail ?? why?.title ?? words.away));
  };
  return element(
    'div',
    { class: 'measures' },
    element('p', { class: 'small' }, words.measureLead),
    element('label', { for: 'measure-room', class: 'small' }, words.measureRoom),
    room,
    known,
    element('label', { for: 'measure-reason', class: 'small' }, words.measureReason),
    reason,
    element(
      'div',
      { class: 'acts' },
      ...MEASURES.map((measure) =>
        element(
          'button',
          {
            ...{ type: 'button', class: measure === 'stop' ? 'button' : 'button quiet' },
            onclick: (event) => void act(measure, event.currentTarget as HTMLButtonElement),
          },
          words.measures[measure],
        ),
      ),
    ),
    problem,
    told,
  );
}
