import { escapeHtml } from '../../base/plain-text.ts';
import {
  buttonLine,
  doneNote,
  type FormPage,
  field,
  moment,
  own,
  refusedNote,
  rowButton,
  sentTo,
} from '../../form/index.ts';
import type { RoomAsk } from '../../wire/account.ts';
import type { AccessToken } from '../access-tokens.ts';
import type { KnownAccount } from '../accounts.ts';
import { PASSWORD_LENGTH } from '../basics.ts';
import type { Passkey } from '../passkeys/passkeys.ts';
import type { Connected, SignInService } from '../services/services.ts';
import { deviceOf, type SignIn } from '../sign-ins.ts';
import type { AccountWords } from '../words/account-words.ts';
import { passkeyBox } from './passkey-box.ts';
import type { Shown } from './sign-in-pages.ts';

/** A room of an account. */
export interface OwnRoom {
  readonly slug: string;
  readonly title: string;
  readonly status: string;
  /** A RoomMemberRole. */
  readonly role: string;
}

/** What the page of an account shows. */
export interface AccountView extends Shown {
  readonly account: KnownAccount;
  readonly signIns: readonly SignIn[];
  /** The id of the sign-in that asks. */
  readonly current: string;
  readonly tokens: readonly AccessToken[];
  readonly rooms: readonly OwnRoom[];
  /** Rooms that it is invited to. */
  readonly asked: readonly RoomAsk[];
  readonly passkeys: readonly Passkey[];
  readonly services: readonly Pick<SignInService, 'id' | 'name'>[];
  readonly connected: readonly Connected[];
  /** A token that has just been made. */
  readonly made?: string | undefined;
}

const AT = '/account';
const small = (act: string, hidden: Record<string, string>, text: string): string =>
  sentTo(AT, { act, ...hidden }, `<button class="button quiet">${escapeHtml(text)}</button>`, 'inline');
/** The same in a row of many: what it is about is said as well. */
const inRow = (act: string, id: string, text: string, of: string): string =>
  sentTo(AT, { act, id }, rowButton(text, of), 'inline');
const nowPassword = (words: AccountWords, id: string): string =>
  field(words.oldPassword, id, 'type="password" autocomplete="current-password" required maxlength="128"');

function ways(words: AccountWords, { account }: AccountView): string {
  const { name, email } = account;
  return `${sentTo(AT, { act: 'name' }, `${field(words.name, 'name', 'autocomplete="name" required maxlength="60" dir="auto"', { value: name, hint: words.nameHint })}${buttonLine(words.save)}`)}
${sentTo(AT, { act: 'email' }, `${field(words.email, 'email', 'type="email" autocomplete="email" required maxlength="254"', { value: email, hint: words.changeEmailLead })}${nowPassword(words, 'password')}${buttonLine(words.save)}`)}
${sentTo(AT, { act: 'password' }, `${nowPassword(words, 'old')}${field(words.newPassword, 'new', `type="password" autocomplete="new-password" required minlength="${PASSWORD_LENGTH.least}" maxlength="${PASSWORD_LENGTH.most}"`, { hint: words.passwordHint })}${buttonLine(words.changePassword)}`)}`;
}

function keys(words: AccountWords, { passkeys }: AccountView): string {
  const rows = passkeys.map(
    ({ id, name, created }) =>
      `<li><span>${own(name ?? words.passkeys)}<br><span class="ash small">${created === null ? '' : words.since(moment(words, created))}</span></span>${inRow('passkey-end', id, words.remove, name ?? words.passkeys)}</li>`,
  );
  const fields = `${field(words.passkeyName, 'passkey', 'required maxlength="60" autocomplete="off" dir="auto"')}${buttonLine(words.passkeyAdd, 'quiet')}`;
  return `<p class="ash small">${words.passkeysLead}</p><ul class="rows">${rows.join('') || `<li>${words.noPasskeys}</li>`}</ul>
${passkeyBox(words, 'add', `<form class="card">${fields}</form>`)}`;
}

function elsewhere(words: AccountWords, { services, connected }: AccountView): string {
  const rows = connected.map(({ id, service, created }) => {
    const name = services.find((one) => one.id === service)?.name ?? service;
    return `<li><span>${own(name)}<br><span class="ash small">${words.since(moment(words, created))}</span></span>${inRow('disconnect', id, words.remove, name)}</li>`;
  });
  const free = services.filter((one) => !connected.some(({ service }) => service === one.id));
  const buttons = free.map(({ id, name }) =>
    sentTo(
      '/sign-in/with',
      { service: id, connect: '1' },
      buttonLine(words.serviceConnect(name), 'quiet'),
      'inline',
    ),
  );
  return `<p class="ash small">${words.servicesLead}</p><ul class="rows">${rows.join('')}</ul>${buttons.join('')}`;
}

function browsers(words: AccountWords, { signIns, current }: AccountView): string {
  const rows = signIns.map(
    ({ id, agent, updated }) =>
      `<li><span>${escapeHtml(deviceOf(agent) ?? words.unknownDevice)}${id === current ? ` <strong>(${words.thisBrowser})</strong>` : ''}<br><span class="ash small">${words.lastUse(moment(words, updated))}</span></span>${inRow('end', id, words.end, deviceOf(agent) ?? words.unknownDevice)}</li>`,
  );
  return `<p class="ash small">${words.sessionsLead}</p><ul class="rows">${rows.join('')}</ul>${signIns.length > 1 ? small('end-others', {}, words.endOthers) : ''}`;
}

function programs(words: AccountWords, { tokens, made }: AccountView): string {
  const rows = tokens.map(
    ({ id, name, used, created }) =>
      `<li><span>${own(name)}<br><span class="ash small">${used === null ? `${words.since(moment(words, created))} · ${words.notUsed}` : words.lastUse(moment(words, used))}</span></span>${inRow('token-end', id, words.end, name)}</li>`,
  );
  const told =
    made === undefined
      ? ''
      : `<p role="status" class="told">${words.tokenMade}<br><code class="secret">${made}</code></p>`;
  return `${told}<p class="ash small">${words.tokensLead}</p><ul class="rows">${rows.join('') || `<li>${words.noTokens}</li>`}</ul>
${sentTo(AT, { act: 'token' }, `${field(words.tokenName, 'label', 'required maxlength="60" autocomplete="off" dir="auto"')}${nowPassword(words, 'password-token').replace('name="password-token"', 'name="password"')}${buttonLine(words.tokenMake, 'quiet')}`)}`;
}

/** Rooms that somebody is invited to, and those where they are a guest; nothing where there are none. */
function invited(words: AccountWords, { asked }: AccountView): string {
  const rows = asked.map(({ id, slug, title, role, inviter, start, expires, accepted }) => {
    const what = accepted ? words.asGuest : words.askedAs(own(inviter), role);
    const at = start === undefined ? '' : `<br><span class="ash small">${moment(words, start)}</span>`;
    const until = accepted
      ? ''
      : `<br><span class="ash small">${words.usable(moment(words, expires))}</span>`;
    const acts = accepted
      ? small('enter', { slug }, words.enterRoom)
      : `<div class="answers">${small('accept', { id }, words.accept)}${small('decline', { id }, words.decline)}</div>`;
    return `<li><span><strong>${own(title)}</strong>${at}<br><span class="small">${what}</span>${until}</span>${acts}</li>`;
  });
  return `<ul class="rows">${rows.join('')}</ul>`;
}

function ownRooms(words: AccountWords, { rooms }: AccountView): string {
  const rows = rooms.map(({ slug, title, role, status }) => {
    const what = words.memberRoles[role as keyof typeof words.memberRoles] ?? role;
    const open =
      status === 'cancelled'
        ? ''
        : sentTo(AT, { act: 'studio', slug }, rowButton(words.openStudio, title), 'inline');
    return `<li><span><a href="/r/${slug}">${own(title)}</a><br><span class="ash small">${what}</span></span>${open}</li>`;
  });
  const list =
    rows.length === 0 ? `<p class="ash">${words.noRooms}</p>` : `<ul class="rows">${rows.join('')}</ul>`;
  const start = `<p><a class="button quiet" href="/#start">${words.startRoom}</a></p>`;
  return `${list}${start}${sentTo(AT, { act: 'adopt' }, `${field(words.adoptLink, 'link', 'required maxlength="2000" autocomplete="off" spellcheck="false" inputmode="url"', { hint: words.adoptHint })}${buttonLine(words.adopt, 'quiet')}`)}`;
}

/** Everything about one's own account, on one page, without a script. */
export function accountPage(words: AccountWords, view: AccountView): FormPage {
  const { account } = view;
  const part = (title: string, inside: string): string => `<section><h2>${title}</h2>${inside}</section>`;
  return {
    title: words.account,
    own: '/account',
    main: `<main class="page people"><h1>${words.account}</h1>
${refusedNote(view.wrong)}${doneNote(view.told)}
<p>${own(account.name)} · ${escapeHtml(account.email)} · ${words.role}${words.language === 'fr' ? ' ' : ''}: ${words.roles[account.role]}</p>
${account.role === 'operator' ? `<p><a href="/operate/accounts">${words.operateLink}</a> · <a href="/operate/reports">${words.reportsLink}</a></p>` : ''}
${small('sign-out', {}, words.signOut)}
${view.asked.length > 0 ? part(words.asks, invited(words, view)) : ''}
${part(words.rooms, ownRooms(words, view))}
${part(words.details, ways(words, view))}
${part(words.passkeys, keys(words, view))}
${view.services.length + view.connected.length > 0 ? part(words.services, elsewhere(words, view)) : ''}
${part(words.sessions, browsers(words, view))}
${part(words.tokens, programs(words, view))}
${part(
  words.data,
  `<p>${words.exportLead}</p><p><a href="/account/export" download>${words.exportLink}</a></p>
<h3>${words.eraseTitle}</h3><p>${words.eraseLead}</p>${sentTo(AT, { act: 'erase' }, `${nowPassword(words, 'password-erase').replace('name="password-erase"', 'name="password"')}${buttonLine(words.erase, 'quiet danger')}`)}`,
)}</main>`,
  };
}
