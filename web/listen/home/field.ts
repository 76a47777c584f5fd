import { element, write } from '../../kit/element.ts';

/** A field of a form, with a message below it that screen readers read with it. */
export interface Field {
  readonly node: HTMLElement;
  /**
   * Shows what is wrong with the input and puts the focus there; an empty text takes it away. True when something is
   * wrong.
   */
  say(text: string): boolean;
}

/** Makes a field; `more` stands between the input and its message. */
export function field(
  id: string,
  label: string,
  input: HTMLInputElement | HTMLSelectElement,
  ...more: Node[]
): Field {
  const problem = element('p', { class: 'problem', id: `${id}-problem`, role: 'alert' });
  input.setAttribute('aria-describedby', [...more.map((node) => (node as Element).id), problem.id].join(' '));
  const node = element('div', { class: 'field' }, element('label', {}, `${label} `, input), ...more, problem);
  return {
    node,
    say(text) {
      write(problem, text);
      if (text === '') input.removeAttribute('aria-invalid');
      else {
        input.setAttribute('aria-invalid', 'true');
        input.focus();
      }
      return text !== '';
    },
  };
}
