/** Addresses of moderation: what anybody reports, what was decided, and the operator's desk. */
import type { Address } from './address.ts';

const FORMS = { owner: 'site', methods: ['GET', 'POST'], cors: 'own', body: 16 * 1024 } as const;

/** The rows. */
export const MODERATION_ADDRESSES: readonly Address[] = [
  {
    ...{ ...FORMS, id: 'moderation-report', what: 'where anybody reports something', urgency: 'reading' },
    ...{ pattern: '/r/:room/report', examples: ['/r/hall/report'] },
  },
  {
    ...{ ...FORMS, id: 'moderation-notice', what: 'what was decided about somebody', urgency: 'reading' },
    ...{ pattern: '/notice/:name', examples: ['/notice/k3v9x2m4q8ab'] },
  },
  {
    ...{ ...FORMS, id: 'moderation-desk', what: "the operator's desk of reports", urgency: 'control' },
    ...{ pattern: '/operate/reports', examples: ['/operate/reports'] },
  },
  {
    ...{ ...FORMS, id: 'moderation-words', what: 'words that are not accepted', urgency: 'control' },
    ...{ pattern: '/operate/words', examples: ['/operate/words'] },
  },
  {
    ...{ id: 'moderation-audit', what: 'what moderators did', pattern: '/operate/(audit|audit.jsonl)' },
    ...{ owner: 'site', methods: ['GET'], urgency: 'control', cors: 'own' },
    examples: ['/operate/audit', '/operate/audit.jsonl'],
  },
];
