/** Sentences about an audience, in English and French, and what is made of them beside a bundle's figures. */
import { readFileSync } from 'node:fs';
import { factsOfBundle } from '../../src/claims/bundle-facts.ts';
import { checkClaim } from '../../src/claims/check.ts';
import { readTime } from '../../src/claims/language/said-time.ts';
import { readStatement } from '../../src/claims/language/statement.ts';
import { target } from './engine/target.ts';

const read = factsOfBundle(
  readFileSync(new URL('../../docs/case-2024/evening.bundle', import.meta.url), 'utf8'),
);
if (!('facts' in read)) throw new Error(read.why);
const { facts } = read;

export default target({
  covers: [
    'src/claims/language/',
    'src/claims/number/',
    'src/claims/check.ts',
    'src/claims/moment-of.ts',
    'src/claims/sum.ts',
  ],
  run(bytes) {
    const text = bytes.toString('utf8');
    readTime(text);
    for (const language of ['en', 'fr'] as const) readStatement(text, language);
    checkClaim(text, facts, { zone: 'Europe/Paris' });
  },
  seeds: [
    ...[
      '1.4 million listeners at 20:40',
      'nearly 60 million views',
      'over 2,000 people in the room + 300 plays',
      'between 3 and 4 million viewers',
    ],
    ...[
      '1,4 million d’auditeurs à 20 h 40',
      'plus de deux cent mille personnes',
      'près de 60 millions de vues',
      'une centaine de connectés',
    ],
    ...[
      'twenty-five thousand',
      '50k',
      '10^6 listeners',
      '½ million',
      '٣٠٠ listeners',
      '1 000 000',
      '1.000.000',
      '24h',
      '3 hours',
    ],
  ],
  mostBytes: 1_200,
});
