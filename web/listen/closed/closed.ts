/** The page of a room that is closed to strangers: lets in whoever was let in before, or holds an invitation. */
import { enter, keepPass, passFor } from '../../kit/room-key.ts';
import type { Language } from '../../kit/words.ts';

const WORDS = {
  en: {
    entering: 'Letting you in…',
    wrong: 'This does not open a room here. Check the address and the password.',
    invitation: 'Your invitation does not open this room any more. Ask whoever invited you for a new one.',
    later: 'Too many attempts. Try again in a minute.',
    away: 'The server does not answer right now. Try again in a moment.',
  },
  fr: {
    entering: 'On vous fait entrer…',
    wrong: 'Cela n’ouvre aucune salle ici. Vérifiez l’adresse et le mot de passe.',
    invitation:
      'Votre invitation n’ouvre plus cette salle. Demandez-en une nouvelle à la personne qui vous a invité.',
    later: 'Trop d’essais. Réessayez dans une minute.',
    away: 'Le serveur ne répond pas en ce moment. Réessayez dans un instant.',
  },
} as const;

/** A key that opens nothing must not lead in a circle: within this time a page is not left by itself twice. */
const CIRCLE_MS = 10_000;

/** Opens the page. */
export function closedPage(main: HTMLElement, language: Language): void {
  const { slug = '' } = main.dataset;
  const words = WORDS[language];
  const says = main.querySelector<HTMLElement>('#closed-says');
  const form = main.querySelector('form');
  const say = (text: string): void => {
    if (says) says.textContent = text;
  };
  const rest = location.pathname.replace(/^\/r\/[^/]+/, '');
  const go = (key: string, hash: string): void =>
    location.replace(`/r/${slug}~${key}${rest}${location.search}${hash}`);

  const given = new URLSearchParams(location.hash.slice(1));
  const invitation = given.get('pass');
  const token = given.get('token');
  if (invitation !== null) {
    keepPass(slug, invitation);
    history.replaceState(history.state, '', location.pathname + location.search);
  }
  const pass = token ?? invitation ?? passFor(slug);
  const circle = `earshot-entered-${slug}`;
  const lately = (): boolean => Date.now() - Number(sessionStorage.getItem(circle) ?? 0) < CIRCLE_MS;
  const byPass = async (shown: string): Promise<void> => {
    say(words.entering);
    const entered = await enter(slug, { pass: shown });
    if (typeof entered === 'object') {
      sessionStorage.setItem(circle, String(Date.now()));
      return go(entered.key, token === null ? '' : location.hash);
    }
    if (entered === 'closed' && token === null) keepPass(slug, undefined);
    say(entered === 'closed' ? words.invitation : entered === 'later' ? words.later : words.away);
  };
  if (pass !== undefined && !lately()) void byPass(pass);

  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    const password = String(new FormData(form).get('password') ?? '');
    say(words.entering);
    void enter(slug, { password }).then((entered) => {
      if (typeof entered === 'object') return go(entered.key, '');
      say(entered === 'closed' ? words.wrong : entered === 'later' ? words.later : words.away);
      form.querySelector('input')?.focus();
    });
  });
}
