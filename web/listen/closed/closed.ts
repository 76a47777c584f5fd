/** The page of a room that is closed to strangers: lets in whoever was let in before, or holds an invitation. */
import type { Language } from '../../kit/words.ts';

const WORDS = {
  en: {
    entering: 'Letting you in…',
    wrong: 'This does not open a room here. Check the address and the password.',
    invitation: 'Your invitation does not open this room any more. Ask whoever invited you for a new one.',
    notListed:
      'Your account is not on the list of a room at this address. Ask whoever invited you, or sign in with the account that was invited.',
    signIn: 'You are not signed in.',
    signInAgain: 'Sign in with another account',
    signInNow: 'Sign in',
    later: 'Too many attempts. Try again in a minute.',
    away: 'The server does not answer right now. Try again in a moment.',
  },
  fr: {
    entering: 'On vous fait entrer…',
    wrong: 'Cela n’ouvre aucune salle ici. Vérifiez l’adresse et le mot de passe.',
    invitation:
      'Votre invitation n’ouvre plus cette salle. Demandez-en une nouvelle à la personne qui vous a invité.',
    notListed:
      'Votre compte n’est sur la liste d’aucune salle à cette adresse. Adressez-vous à la personne qui vous a invité, ou connectez-vous avec le compte invité.',
    signIn: 'Vous n’êtes pas connecté.',
    signInAgain: 'Se connecter avec un autre compte',
    signInNow: 'Se connecter',
    later: 'Trop d’essais. Réessayez dans une minute.',
    away: 'Le serveur ne répond pas en ce moment. Réessayez dans un instant.',
  },
} as const;

/** A key that opens nothing must not lead in a circle: within this time a page is not left by itself twice. */
const CIRCLE_MS = 10_000;

/** Opens the page. */
export async function closedPage(main: HTMLElement, language: Language): Promise<void> {
  // As everybody else loads it, so that it is one file.
  const { BY_ACCOUNT, enter, keepPass, passFor } = await import('../../kit/room-key.ts');
  const { slug = '' } = main.dataset;
  const words = WORDS[language];
  const says = main.querySelector<HTMLElement>('#closed-says');
  const form = main.querySelector<HTMLFormElement>('form.start');
  const account = main.querySelector<HTMLFormElement>('form.account');
  const signInAt = `/sign-in?next=/r/${slug}`;
  const say = (text: string, link?: string): void => {
    says?.replaceChildren(text);
    if (link === undefined) return;
    const to = document.createElement('a');
    to.href = signInAt;
    to.textContent = link;
    says?.append(' ', to);
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
  // Whoever has just signed in came from here.
  const back = location.hash === '#account';
  if (back) history.replaceState(history.state, '', location.pathname + location.search);
  const pass = token ?? invitation ?? (back ? BY_ACCOUNT : passFor(slug));
  const circle = `earshot-entered-${slug}`;
  const lately = (): boolean => Date.now() - Number(sessionStorage.getItem(circle) ?? 0) < CIRCLE_MS;
  const byPass = async (shown: string): Promise<void> => {
    say(words.entering);
    const entered = await enter(slug, { pass: shown });
    if (typeof entered === 'object') {
      sessionStorage.setItem(circle, String(Date.now()));
      return go(entered.key, token === null ? '' : location.hash);
    }
    if (entered === 'later' || entered === 'away') return say(words[entered]);
    if (token === null) keepPass(slug, undefined);
    if (shown !== BY_ACCOUNT) return say(words.invitation);
    if (entered === 'closed') return say(words.signIn, words.signInNow);
    say(words.notListed, words.signInAgain);
  };
  if (pass !== undefined && !lately()) void byPass(pass);

  form?.addEventListener('submit', (event) => {
    event.preventDefault();
    const password = String(new FormData(form).get('password') ?? '');
    say(words.entering);
    void enter(slug, { password }).then((entered) => {
      if (typeof entered === 'object') return go(entered.key, '');
      say(entered === 'later' || entered === 'away' ? words[entered] : words.wrong);
      form.querySelector('input')?.focus();
    });
  });
  account?.addEventListener('submit', (event) => {
    event.preventDefault();
    say(words.entering);
    void enter(slug, { pass: BY_ACCOUNT }).then((entered) => {
      if (typeof entered === 'object') return go(entered.key, '');
      if (entered === 'closed') return location.assign(signInAt);
      if (entered === 'not-listed') say(words.notListed, words.signInAgain);
      else say(words[entered]);
    });
  });
}
