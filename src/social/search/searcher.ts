import { networkOf } from '../../base/allowance.ts';

/** By whom a search is counted: an account, or the network of a stranger. */
export const searcher = ({ headers }: Request, account: string | undefined): string =>
  account ?? networkOf(headers.get('x-forwarded-for') ?? '');
