import { ACCOUNT_ROLES } from '../wire/account.ts';
import { cardOf } from './accounts.ts';
import { emailOf } from './fields.ts';
import { onward, shown, wordsFor } from './forms.ts';
import { type OperateView, operatePage } from './pages/operate-page.ts';
import { tellPage } from './pages/sign-in-pages.ts';
import type { PageAnswer } from './visit.ts';
import { type PagesDeps, signedIn } from './visit.ts';

/** Rows that are shown of each list. */
const MOST_ROWS = 200;

/** The operator's list of accounts, invitations and mail that waits. */
export function operateRoutes(deps: PagesDeps): Readonly<Record<string, PageAnswer>> {
  const { accounts, invitations, mails, frame } = deps;
  const page: PageAnswer = async (visit, sent) => {
    const who = await signedIn(deps, visit);
    if (!who) return onward('/sign-in');
    const words = wordsFor(who.account, visit.words);
    const me = who.account;
    if (me.role !== 'operator')
      return shown(frame, words, tellPage(words, words.operateTitle, words.operatorsOnly), 403);
    let done: Partial<OperateView> = {};
    const base = deps.base || deps.engines.originOf(visit.request);
    const id = sent?.get('id') ?? '';
    const role = ACCOUNT_ROLES.find((one) => one === sent?.get('role'));
    switch (sent?.get('act')) {
      case 'invite': {
        const typed = sent?.get('email') ?? '';
        const email = typed.trim() === '' ? null : emailOf(typed);
        if (email === undefined || !role) {
          done = { wrong: words.faults.email };
          break;
        }
        const token = await invitations.make(me.id, role, email);
        const link = `${base}/sign-up?invitation=${token}`;
        if (email !== null) await mails.put({ to: email, ...words.mail.invitation(role, link) });
        done = { made: link };
        break;
      }
      case 'withdraw':
        await invitations.withdraw(id);
        break;
      case 'drop':
        await mails.drop(id);
        break;
      case 'role': {
        const other = await accounts.find(id);
        // Nobody takes their own role away: there is always an operator.
        if (other && role && other.id !== me.id) await accounts.setRole(other.id, role);
        done = { told: words.saved };
        break;
      }
    }
    const [people, open, waiting] = await Promise.all([
      accounts.list(MOST_ROWS),
      invitations.list(),
      mails.waiting(MOST_ROWS),
    ]);
    // Without a public address links in mails begin with their path.
    const mailsHere = waiting.map((mail) => ({ ...mail, text: mail.text.replace(/^(?=\/[a-z-]+)/gm, base) }));
    const view = { me, accounts: people, invitations: open, mails: mailsHere, ...done };
    const unseen = (await deps.roomsPort?.unseen?.(cardOf(me))) ?? 0;
    const page = { ...operatePage(words, view), unseen };
    return shown(frame, words, page, done.wrong === undefined ? 200 : 422);
  };
  return { '/operate/accounts': page };
}
