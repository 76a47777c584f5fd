import type { RoomAccess } from '../../../src/wire/room.ts';
import { element } from '../../kit/element.ts';
import type { AllWords } from '../../kit/words.ts';
import { type Field, field } from './field.ts';
import type { RoomWish } from './new-room.ts';

/** Who may come to a new room, and whether it is a draft. */
export interface WhoFields {
  readonly nodes: readonly HTMLElement[];
  readonly inputs: readonly (HTMLInputElement | HTMLSelectElement)[];
  readonly draft: HTMLInputElement;
  readonly password: Field;
  value(): Pick<RoomWish, 'access' | 'password' | 'draft'>;
  /** Shows the password for a private room only; after a change by a script. */
  show(): void;
}

/** Makes the fields. */
export function whoFields(words: AllWords): WhoFields {
  const access = element(
    'select',
    { name: 'access' },
    element('option', { value: 'public' }, words.whoPublic),
    element('option', { value: 'unlisted' }, words.whoUnlisted),
    element('option', { value: 'private' }, words.whoPrivate),
  );
  const secret = element('input', {
    ...{ name: 'password', autocomplete: 'off', maxlength: 200 },
  });
  const draft = element('input', {
    ...{ name: 'draft', type: 'checkbox', value: 'yes', 'aria-describedby': 'draft-hint' },
  });
  const hint = element('p', { class: 'hint small', id: 'password-hint' }, words.roomPasswordHint);
  const password = field('password', words.roomPassword, secret, hint);
  const show = (): void => {
    password.node.hidden = access.value !== 'private';
  };
  access.addEventListener('change', show);
  secret.addEventListener('input', () => password.say(''));
  show();
  return {
    nodes: [
      field('access', words.who, access).node,
      password.node,
      element(
        'div',
        { class: 'field' },
        element('label', { class: 'tick' }, draft, words.draft),
        element('p', { class: 'hint small', id: 'draft-hint' }, words.draftHint),
      ),
    ],
    inputs: [access, secret],
    draft,
    password,
    value: () => ({ access: access.value as RoomAccess, password: secret.value, draft: draft.checked }),
    show,
  };
}
