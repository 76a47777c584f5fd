import { exportedAs } from './account-routes.ts';
import type { KnownAccount } from './accounts.ts';
import { onward, shown } from './forms.ts';
import { dataPage, tellPage } from './pages/sign-in-pages.ts';
import type { PageAnswer, PagesDeps } from './visit.ts';

/** Where somebody suspended, who has just shown who they are, gets at what is stored about them: for an hour. */
export const dataLink = async (links: PagesDeps['links'], { id, email }: KnownAccount): Promise<string> =>
  `/account/data?token=${await links.make('data', { account: id, email }, 3_600)}`;

/** What is stored about somebody who cannot sign in, because the account is suspended: to take away, or to erase. */
export const ownData =
  (deps: PagesDeps): PageAnswer =>
  async (visit, sent) => {
    const { words, url } = visit;
    const { links, frame } = deps;
    const fields = sent ?? url.searchParams;
    const token = fields.get('token') ?? '';
    const over = (): Response => shown(frame, words, tellPage(words, words.data, words.linkOver), 410);
    const seconds = deps.limits.take('secret', visit.from, '');
    if (seconds !== undefined)
      return shown(frame, words, tellPage(words, words.data, words.tooOften(seconds)), 429, {
        'retry-after': `${seconds}`,
      });
    const link = await links.look('data', token);
    const account = link && (await deps.accounts.find(link.account));
    if (!account) return over();
    if (fields.get('download') === '1') return exportedAs(await deps.erasure.exported(account));
    if (!sent) return shown(frame, words, dataPage(words, token));
    if (!(await links.take('data', token))) return over();
    return (await deps.erasure.erase(account))
      ? onward('/sign-in?told=erased')
      : shown(frame, words, tellPage(words, words.data, words.lastOperator), 422);
  };
