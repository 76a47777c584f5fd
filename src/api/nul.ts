import { refuse } from './answer.ts';
import type { Fetch } from './repeats.ts';

/**
 * Refuses addresses with a NUL: no name has one, PostgreSQL cannot even look for it, and SQLite can. So both databases
 * answer alike.
 */
export const withoutNul =
  (fetch: Fetch): Fetch =>
  async (request) =>
    request.url.includes('%00') ? refuse('bad-request', 'There is a NUL in the address.') : fetch(request);
