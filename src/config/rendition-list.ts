import { z } from 'zod';
import { RENDITIONS } from '../wire/renditions.ts';

/** `none`, or ids of fragmented renditions, separated by commas. */
export const renditions = z.string().transform((value, context): string[] => {
  const ids = value === 'none' ? [] : value.split(',').map((id) => id.trim());
  const known = RENDITIONS.filter((r) => r.container === 'fmp4').map((r) => r.id);
  if (ids.every((id) => known.includes(id))) return ids;
  const message = `use none or a list of: ${known.join(', ')}`;
  context.issues.push({ code: 'custom', message, input: value });
  return z.NEVER;
});
