import { createHmac } from 'node:crypto';

/** The hash under which a device is known in one room: two rooms cannot compare theirs. */
export const deviceOf = (slug: string, key: string): string =>
  createHmac('sha256', key).update(`earshot device ${slug}`).digest('base64url').slice(0, 22);
