import { escapeHtml } from '../../base/plain-text.ts';
import {
  buttonLine,
  choice,
  doneNote,
  type FormPage,
  field,
  moment,
  own,
  refusedNote,
  rowButton,
  sentTo,
} from '../../form/index.ts';
import { ACCOUNT_ROLES, type AccountRole } from '../../wire/account.ts';
import type { KnownAccount } from '../accounts.ts';
import type { Invitation } from '../invitations.ts';
import type { WaitingMail } from '../mail/mails.ts';
import type { AccountWords } from '../words/account-words.ts';
import type { Shown } from './sign-in-pages.ts';

/** What the operator sees of all accounts. */
export interface OperateView extends Shown {
  readonly me: KnownAccount;
  readonly accounts: readonly KnownAccount[];
  readonly invitations: readonly Invitation[];
  readonly mails: readonly WaitingMail[];
  /** The link of an invitation that has just been made. */
  readonly made?: string | undefined;
}

const AT = '/operate/accounts';

const rolesField = (words: AccountWords, id: string, value: AccountRole): string =>
  choice(
    words.role,
    'role',
    ACCOUNT_ROLES.map((role) => [role, words.roles[role]]),
    { id, value },
  );

/** Every account, the invitations that are open, and the mail that waits. */
export function operatePage(words: AccountWords, view: OperateView): FormPage {
  const { me, accounts, invitations, mails, made } = view;
  const people = accounts.map(
    ({ id, name, email, role, verified }) =>
      `<li><span>${own(name)}<br><span class="ash small">${escapeHtml(email)}${verified ? '' : ` · ${words.unproved}`}</span></span>${
        id === me.id
          ? `<span>${words.roles[role]}</span>`
          : sentTo(
              AT,
              { act: 'role', id },
              `${rolesField(words, `r-${id}`, role)}${rowButton(words.save, name)}`,
              'inline',
            )
      }</li>`,
  );
  const open = invitations.map(
    ({ id, role, email, expires, used }) =>
      `<li><span>${words.roles[role]}${email === null ? '' : ` · ${escapeHtml(email)}`}<br><span class="ash small">${used === null ? words.usable(moment(words, expires)) : words.used}</span></span>${
        used === null
          ? sentTo(
              AT,
              { act: 'withdraw', id },
              rowButton(words.withdraw, email ?? words.roles[role]),
              'inline',
            )
          : ''
      }</li>`,
  );
  const waiting = mails.map(
    ({ id, to, subject, text, created, error }) =>
      `<li><details><summary>${escapeHtml(to)} · ${escapeHtml(subject)} · ${moment(words, created)}</summary>${error === null ? '' : `<p class="bad small">${escapeHtml(error)}</p>`}<pre dir="auto">${escapeHtml(text)}</pre></details>${sentTo(AT, { act: 'drop', id }, rowButton(words.drop, `${to} · ${subject}`), 'inline')}</li>`,
  );
  return {
    title: words.operateTitle,
    own: '/operate/accounts',
    main: `<main class="page people"><h1>${words.operateTitle}</h1>
${refusedNote(view.wrong)}${doneNote(view.told)}
${made === undefined ? '' : `<p role="status" class="told">${words.inviteLink}<br><code class="secret">${escapeHtml(made)}</code></p>`}
<section><h2>${words.invitations}</h2>
${sentTo(AT, { act: 'invite' }, `${field(words.inviteEmail, 'email', 'type="email" maxlength="254" autocomplete="off"')}${rolesField(words, 'r-new', 'host')}${buttonLine(words.invite)}`)}
<ul class="rows">${open.join('')}</ul></section>
<section><h2>${words.mails}</h2><p class="ash small">${words.mailsLead}</p><ul class="rows">${waiting.join('') || `<li>${words.noMails}</li>`}</ul></section>
<section><h2>${words.accounts}</h2><ul class="rows">${people.join('')}</ul></section>
<p><a href="/account">${words.account}</a> · <a href="/operate">${words.serverLink}</a></p></main>`,
  };
}
