import { element, write } from '../../kit/element.ts';
import { authorization, keepKey, keyIn } from '../../kit/operator-key.ts';
import type { AllWords } from '../../kit/words.ts';
import { field } from './field.ts';

/** What `GET /api/start` answers. */
interface MayStart {
  readonly may: boolean;
  readonly who: 'anyone' | 'local' | 'hosts' | 'operator';
  /** True with the operator's link or key. */
  readonly operator: boolean;
}

/** The form shown instead of the other one to a visitor who may not start a room. */
export interface OperatorForm {
  readonly node: HTMLElement;
  /** Says whether the operator's link that the page was opened with was accepted; stands above both forms. */
  readonly told: HTMLElement;
  /**
   * Asks the server who may start a room, and shows the form that fits. `opened`: the page was opened with the
   * operator's link.
   */
  look(opened?: boolean): Promise<void>;
}

async function askWhoMayStart(): Promise<MayStart | undefined> {
  try {
    const response = await fetch('/api/start', { headers: authorization(), cache: 'no-store' });
    return response.ok ? ((await response.json()) as MayStart) : undefined;
  } catch {
    return undefined;
  }
}

/** Makes the form; `other` is the form that is shown instead. */
export function operatorForm(words: AllWords, other: HTMLElement): OperatorForm {
  const way = element('p', {});
  const pasted = element('input', { name: 'operator', autocomplete: 'off', type: 'password' });
  const pastedField = field('operator', words.operatorLink, pasted);
  const node = element(
    'form',
    { class: 'enter', novalidate: true },
    way,
    pastedField.node,
    element('button', { class: 'button' }, words.operatorEnter),
  );
  node.hidden = true;
  const told = element('p', { class: 'small', role: 'status', hidden: true });
  const tell = (accepted: boolean): void => {
    if (!accepted) keepKey('');
    write(told, accepted ? words.operatorTaken : words.operatorBroken);
    told.classList.toggle('problem', !accepted);
    told.hidden = false;
    told.scrollIntoView({ block: 'nearest' });
  };
  const show = (start: MayStart | undefined): void => {
    // Without an answer the other form stays; the API refuses with a reason.
    node.hidden = start?.may !== false;
    other.hidden = !node.hidden;
    write(way, start?.who === 'local' ? words.startLocal : words.startOperator);
  };
  node.addEventListener('submit', async (event) => {
    event.preventDefault();
    keepKey(keyIn(pasted.value));
    const start = await askWhoMayStart();
    show(start);
    if (start?.operator) tell(true);
    else if (start?.may === false) {
      keepKey('');
      pastedField.say(words.operatorWrong);
    }
  });
  return {
    node,
    told,
    async look(opened = false) {
      const start = await askWhoMayStart();
      show(start);
      if (opened && start) tell(start.operator);
    },
  };
}
