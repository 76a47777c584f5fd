import { escapeHtml } from '../../base/plain-text.ts';
import { buttonLine, doneNote, type FormPage, field, refusedNote, sentTo } from '../../form/index.ts';
import type { AccountSuspension } from '../accounts.ts';
import { PASSWORD_LENGTH } from '../basics.ts';
import type { Invitation } from '../invitations.ts';
import type { AccountWords } from '../words/account-words.ts';
import { passkeyBox } from './passkey-box.ts';

/** What a form says when it comes back: what was sent, and why it was refused. */
export interface Shown {
  readonly told?: string | undefined;
  readonly wrong?: string | undefined;
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  /** Where to go after signing in. */
  readonly next?: string | undefined;
}

const wrap = (title: string, inside: string): FormPage => ({
  title,
  main: `<main class="page people"><h1>${escapeHtml(title)}</h1>${inside}</main>`,
});
const notes = ({ told, wrong }: Shown): string => refusedNote(wrong) + doneNote(told);
const emailField = (words: AccountWords, value = '', more = ''): string =>
  field(
    words.email,
    'email',
    `type="email" autocomplete="username webauthn" required maxlength="254" ${more}`,
    {
      value,
    },
  );
const newPassword = (words: AccountWords, label: string): string =>
  field(
    label,
    'password',
    `type="password" autocomplete="new-password" required minlength="${PASSWORD_LENGTH.least}" maxlength="${PASSWORD_LENGTH.most}"`,
    { hint: words.passwordHint },
  );

/** Where people sign in. */
export const signInPage = (
  words: AccountWords,
  shown: Shown,
  isOpen: boolean,
  services: readonly { readonly id: string; readonly name: string }[],
): FormPage =>
  wrap(
    words.signIn,
    `${notes(shown)}<p class="ash">${words.signInLead}</p>
${sentTo('/sign-in', shown.next === undefined || shown.next === '/account' ? {} : { next: shown.next }, `${emailField(words, shown.email)}${field(words.password, 'password', 'type="password" autocomplete="current-password" required maxlength="128"')}${buttonLine(words.signIn)}<p class="small"><a href="/reset">${words.forgotten}</a></p>`)}
${passkeyBox(words, 'sign-in', `<p><button type="button" class="button quiet">${escapeHtml(words.passkeySignIn)}</button></p>`)}
${services.map(({ id, name }) => sentTo('/sign-in/with', { service: id, ...(shown.next === undefined ? {} : { next: shown.next }) }, buttonLine(words.serviceSignIn(name), 'quiet'), 'inline')).join('')}
<p class="small">${words.noAccount} ${isOpen ? `<a href="/sign-up">${words.signUp}</a>` : words.invitedOnly}</p>`,
  );

/** Where an account is made. */
export const signUpPage = (
  words: AccountWords,
  shown: Shown,
  invitation: Invitation | undefined,
  token: string,
  /** Who is signed in in this browser already. */
  here?: string,
): FormPage =>
  wrap(
    words.signUp,
    `${notes(shown)}${invitation ? `<p>${invitation.role === 'operator' && invitation.email === null && invitation.expires > 4e12 ? words.firstOperator : words.invitedAs(invitation.role)}</p>` : ''}${here === undefined ? '' : `<p>${escapeHtml(words.signedInAs(here))} <a href="/account">${words.account}</a></p>`}
${sentTo('/sign-up', { invitation: token }, `${field(words.name, 'name', 'autocomplete="name" required maxlength="60" dir="auto"', { value: shown.name ?? '', hint: words.nameHint })}${emailField(words, shown.email ?? invitation?.email ?? '', invitation?.email ? 'readonly' : '')}${newPassword(words, words.password)}${buttonLine(words.signUp)}`)}`,
  );

/** One sentence, and where to go. */
export const tellPage = (words: AccountWords, title: string, text: string, more = ''): FormPage =>
  wrap(title, `<p>${escapeHtml(text)}</p>${more}<p><a href="/sign-in">${words.signIn}</a></p>`);

/** After a form that sends a link: where to look for it. */
export const sentPage = (words: AccountWords, email: string, hasMail: boolean): FormPage =>
  hasMail
    ? tellPage(words, words.sent, words.sentLead(email))
    : tellPage(words, words.noSmtpTitle, words.noSmtp(email));

const proving = (
  words: AccountWords,
  hidden: Readonly<Record<string, string>>,
  shown: Shown,
  [lead, more]: readonly [string, string],
): FormPage =>
  wrap(
    words.proveTitle,
    `${notes(shown)}<p>${lead}</p>${sentTo('/verify-email', hidden, `${emailField(words, shown.email, 'readonly')}${field(words.password, 'password', 'type="password" autocomplete="current-password" required maxlength="128"')}${buttonLine(words.prove)}${more}`)}`,
  );

/**
 * Where the link that proves the address of a new account leads. Whoever made it shows its password: somebody else may
 * have entered the address, and programs that only look at links change nothing.
 */
export const provePage = (words: AccountWords, token: string, shown: Shown): FormPage =>
  proving(words, { token }, shown, [
    words.proveWith,
    `<p class="small"><a href="/reset">${words.proveOther}</a></p>`,
  ]);

/** The same for a new address of an account: the mail may have gone to a stranger whose address was mistyped. */
export const changedPage = (words: AccountWords, token: string, shown: Shown): FormPage =>
  proving(words, { token, change: '1' }, shown, [words.changeLead, '']);

/** Where a new password is asked for, or set with a link. */
export const resetPage = (words: AccountWords, shown: Shown, token: string): FormPage =>
  wrap(
    words.resetTitle,
    `${notes(shown)}${
      token === ''
        ? `<p>${words.resetLead}</p>${sentTo('/reset', {}, `${emailField(words, shown.email)}${buttonLine(words.resetSend)}`)}`
        : sentTo('/reset', { token }, `${newPassword(words, words.newPassword)}${buttonLine(words.resetSet)}`)
    }`,
  );

/** Why a suspended account cannot sign in, and where its owner can object. */
export const suspendedPage = (
  words: AccountWords,
  { reason, until, notice }: AccountSuspension,
  data: string,
): FormPage =>
  tellPage(
    words,
    words.suspended,
    words.suspendedLead(reason, until),
    `<p><a href="${notice}">${words.suspendedMore}</a></p><p><a href="${escapeHtml(data)}">${words.suspendedData}</a></p>`,
  );

/** What is stored about somebody suspended: to take away, or to erase. */
export const dataPage = (words: AccountWords, token: string): FormPage =>
  wrap(
    words.data,
    `<p>${words.exportLead}</p><p><a href="/account/data?download=1&amp;token=${escapeHtml(token)}" download>${words.exportLink}</a></p>
<h2>${words.eraseTitle}</h2><p>${words.eraseLead}</p>${sentTo('/account/data', { token }, buttonLine(words.erase, 'quiet danger'))}`,
  );
