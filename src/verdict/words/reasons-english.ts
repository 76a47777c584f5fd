import type { ReasonWords } from './reason-words.ts';

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;
const round = (value: number): string => (Math.round(value * 10) / 10).toLocaleString('en');
const time = (minutes: number): string =>
  minutes < 1440 ? `${Math.max(1, Math.round(minutes))} min` : `${Math.round(minutes / 1440)} days`;

/** English. */
export const ENGLISH_REASONS: ReasonWords = {
  families: {
    ...{ flow: 'flow', rate: 'rate', manners: 'manners', novelty: 'novelty', shape: 'shape' },
    ...{ resemblance: 'resemblance', syntax: 'syntax', baseline: 'baseline' },
  },
  says: { attack: 'attack', crowd: 'crowd', both: 'both', nothing: 'nothing' },
  colon: ': ',
  texts: {
    'flow-unknown': () => 'too few clients show how people use this site',
    flow: ({ people, bare }) =>
      `${percent(people)} of demand loads pages with files, follows links or plays; ${percent(bare)} belongs to clients that do none of it, more than people explain`,
    rate: ({ beyond }) => `${percent(beyond)} of demand comes from clients faster than a person can be`,
    logins: ({ share }) => `${percent(share)} of requests only try to log in`,
    'nobody-told-to-wait': () => 'nobody was told to wait (429 or 503)',
    manners: ({ share }) => `${percent(share)} went on within a second of being told to wait`,
    'nothing-before': () => 'there is no time before to compare with',
    novelty: ({ share, minutes }) =>
      `${percent(share)} of cost comes from prefixes not seen in the ${time(minutes)} before`,
    'no-rise': () => 'demand did not rise',
    'no-shape': () => 'too short to have a shape',
    'on-and-off': ({ times }) => `on and off ${times} times`,
    shape: ({ seconds, share }) =>
      `full after ${seconds.toFixed(0)} s, at that height for ${percent(share)} of the time`,
    resemblance: ({ share, path }) =>
      `${percent(share)} of demand comes from clients that behave like each other${path === undefined ? '' : `, most of it for ${path}`}`,
    syntax: ({ share }) => `${percent(share)} of demand has random queries, changing agents, tools or probes`,
    'no-baseline': () => 'not enough past days are known to say what is usual at this hour',
    baseline: ({ times, days, rate }) =>
      `${round(times)} times the demand of this hour on ${days} past days (${round(rate)} requests a second)`,
    people: ({ share }) => `people: ${percent(share)} of demand behaves as people and their players do`,
    'no-harm': () => 'harm: no errors, silence or slower answers to people are in the log',
    'fault-usual': () => 'fault: it began while demand was as usual',
    'fault-served-before': () => 'fault: the same demand had been served well before',
    'fault-served-after': () => 'fault: the same demand was served well afterwards',
    'fault-exceptions': () => 'fault: the errors are exceptions (500) that come without any waiting',
  },
};
