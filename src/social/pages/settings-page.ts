import {
  button,
  checkBox,
  choice,
  doneNote,
  goOn,
  own,
  refusedNote,
  rowButton,
  sentTo,
} from '../../form/index.ts';
import { NOTIFICATION_KINDS, type NotificationKind } from '../notifications/notification.ts';
import type { SocialParts } from '../parts.ts';
import { type AnswerExtras, type Returned, refusal, type SocialVisit, shown, waitFor } from './visit.ts';

const AT = '/settings';
/** People of each list that are shown; the newest. */
const MOST_SHOWN = 500;

/** What one is told about, and by whom. */
async function tellFields({ settings, deps }: SocialParts, { words, account }: SocialVisit): Promise<string> {
  const { told } = words;
  const { off, people, mail } = await settings.of(account?.id ?? '');
  const kinds = NOTIFICATION_KINDS.filter((kind) => kind !== 'report' || account?.role === 'operator');
  const boxes = kinds.map((kind) =>
    checkBox(told.kinds[kind], 'kind', !off.includes(kind), { id: `kind-${kind}`, value: kind }),
  );
  const byMail = deps.mail ? checkBox(told.mail, 'mail', mail, { hint: told.mailHint }) : '';
  return `<h2>${told.title}</h2><fieldset class="boxes"><legend>${told.tellMe}</legend>${boxes.join('')}</fieldset>${choice(
    told.whose,
    'people',
    [
      ['all', told.byWhom.all],
      ['followed', told.byWhom.followed],
    ],
    { value: people, hint: told.whoseHint },
  )}${byMail}`;
}

/** In which language pages and mails are. */
function languageField({ deps }: SocialParts, { words, account }: SocialVisit): string {
  const { told } = words;
  if (!deps.setLanguage) return '';
  return choice(
    told.language,
    'language',
    [
      ['', told.ofBrowser],
      ['en', 'English'],
      ['fr', 'Français'],
    ],
    { value: account?.language ?? '', hint: told.languageHint },
  );
}

/** Everything that is chosen, in one form: pressing its button loses nothing of it. */
async function chosenForm(parts: SocialParts, visit: SocialVisit): Promise<string> {
  const { told } = visit.words;
  const language = languageField(parts, visit);
  if (!visit.profile && language === '') return '';
  const fields = language + (visit.profile ? await tellFields(parts, visit) : '');
  return sentTo(AT, { act: visit.profile ? 'tell' : 'language' }, `${fields}<p>${button(told.save)}</p>`);
}

/** Whom one has muted and blocked, each with a way back. */
async function shieldLists(
  { relations, profiles }: SocialParts,
  { words, account }: SocialVisit,
): Promise<string> {
  const { told } = words;
  const list = async (kind: 'mute' | 'block', title: string, none: string, back: string): Promise<string> => {
    const rows = await relations.shields(account?.id ?? '', kind, MOST_SHOWN);
    const cards = await profiles.cards(rows);
    const items = rows.flatMap((id) => {
      const card = cards.get(id);
      return card
        ? [
            `<li><span><a class="who" href="/@${card.handle}">${own(card.name)}</a> <span class="ash">@${card.handle}</span></span>${sentTo(AT, { act: kind, handle: card.handle }, rowButton(back, card.name), 'inline')}</li>`,
          ]
        : [];
    });
    return `<h3>${title}</h3>${items.length === 0 ? `<p class="ash">${none}</p>` : `<ul class="rows">${items.join('')}</ul>`}`;
  };
  const muted = await list('mute', told.muted, told.nobodyMuted, words.unmute);
  const blocked = await list('block', told.blocked, told.nobodyBlocked, words.unblock);
  return `<section><h2>${told.keptAway}</h2>${muted}${blocked}</section>`;
}

/** What one is told, whom one keeps away, the language, and the ways to everything else that is one's own. */
export async function settingsPage(
  parts: SocialParts,
  visit: SocialVisit,
  { wrong }: Returned = {},
  extras: AnswerExtras = {},
): Promise<Response> {
  const { words, account, profile, url } = visit;
  const { told } = words;
  if (!account) return goOn('/sign-in');
  const page = profile ? `/@${profile.handle}?show=edit` : '/compose';
  const yours = `<section><h2>${told.yours}</h2><ul class="rows"><li><a href="${page}">${profile ? told.profile : words.chooseTitle}</a></li><li><span><a href="/account">${told.account}</a><br><span class="ash small">${told.accountHint}</span></span></li><li><span><a href="/reminders">${told.reminders}</a><br><span class="ash small">${told.remindersHint}</span></span></li></ul></section>`;
  const chosen = await chosenForm(parts, visit);
  const kept = profile ? await shieldLists(parts, visit) : '';
  return shown(
    parts,
    visit,
    {
      ...{ title: told.settings, about: told.settingsAbout },
      inside: `<h1>${told.settings}</h1>${refusedNote(wrong)}${doneNote(url.searchParams.get('told') === 'saved' ? told.saved : undefined)}${chosen}${kept}${yours}`,
    },
    extras,
  );
}

/** What a form of that page wants. */
export async function changeSettings(
  parts: SocialParts,
  visit: SocialVisit,
  sent: URLSearchParams,
): Promise<Response> {
  const { words, account, profile } = visit;
  if (!account) return goOn('/sign-in');
  const wait = waitFor(parts, 'acts', account);
  if (wait !== undefined)
    return settingsPage(
      parts,
      visit,
      { wrong: words.tooOften(wait) },
      { status: 429, headers: { 'retry-after': `${wait}` } },
    );
  const act = sent.get('act');
  if ((act === 'language' || act === 'tell') && sent.has('language')) {
    const language = sent.get('language');
    await parts.deps.setLanguage?.(account.id, language === 'en' || language === 'fr' ? language : undefined);
  }
  if (act === 'language') return goOn(`${AT}?told=saved`);
  if (!profile) return goOn('/compose');
  if (act === 'tell') {
    const on = new Set(sent.getAll('kind'));
    const { off } = await parts.settings.of(account.id);
    // Who has no box for reports has not switched them off: they may become an operator.
    const isOff = (kind: NotificationKind): boolean =>
      kind === 'report' && account.role !== 'operator' ? off.includes(kind) : !on.has(kind);
    await parts.settings.change(account.id, {
      off: NOTIFICATION_KINDS.filter(isOff),
      people: sent.get('people') === 'followed' ? 'followed' : 'all',
      mail: sent.get('mail') === '1',
    });
    return goOn(`${AT}?told=saved`);
  }
  if (act === 'mute' || act === 'block') {
    const other = await parts.profiles.byHandle(sent.get('handle') ?? '');
    if (!other) return refusal(parts, visit, words.nobodyHere, 404);
    await parts.relations.unshield(account.id, other.account, act);
    return goOn(`${AT}?told=saved`);
  }
  return settingsPage(parts, visit, { wrong: words.unread }, { status: 422 });
}
