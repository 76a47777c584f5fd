/** Addresses of what the audience says back: reactions and questions. */
import type { Address } from './address.ts';

const ASK = { owner: 'cell', urgency: 'reading', cors: 'own' } as const;

/** The rows. */
export const INTERACTION_ADDRESSES: readonly Address[] = [
  {
    ...{ id: 'react', what: 'a listener reacts', pattern: '/r/:room/react' },
    ...{ owner: 'door', methods: ['POST'], urgency: 'reading', cors: 'own', body: 512 },
    examples: ['/r/hall/react'],
  },
  {
    ...{ id: 'questions-file', what: 'the questions for everybody', pattern: '/r/:room/questions.json' },
    ...{ owner: 'origin', methods: ['GET'], urgency: 'reading', cors: 'reads', cache: 'state', shared: true },
    examples: ['/r/hall/questions.json'],
  },
  {
    ...{ id: 'questions', what: 'the same as a page without scripts; asking', pattern: '/r/:room/questions' },
    ...{ ...ASK, methods: ['GET', 'POST'], body: 4_096, examples: ['/r/hall/questions'] },
  },
  {
    ...{ id: 'question-vote', what: 'a vote for one', pattern: '/r/:room/questions/:name/vote', exact: true },
    ...{ ...ASK, methods: ['POST'], body: 4_096, examples: ['/r/hall/questions/aB-3/vote'] },
  },
  {
    ...{ id: 'question-own', what: 'why one was taken out', pattern: '/r/:room/questions/:name/own' },
    ...{ ...ASK, exact: true, methods: ['POST'], body: 4_096, examples: ['/r/hall/questions/aB-3/own'] },
  },
  {
    ...{ id: 'interaction', what: 'what hosts do with questions, and pin', pattern: '/r/:room/interaction' },
    ...{ ...ASK, urgency: 'control', methods: ['GET', 'POST'], body: 4_096 },
    examples: ['/r/hall/interaction'],
  },
];
