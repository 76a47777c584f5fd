import { describe, expect, test } from 'vitest';
import type { NounId } from './noun.ts';
import type { SaidTime } from './said-time.ts';
import { languageOfText, readStatement, type Statement } from './statement.ts';

const understood = (text: string): Statement => {
  const found = readStatement(text);
  if (!('statement' in found)) throw new Error(`${text}: ${JSON.stringify(found)}`);
  return found.statement;
};

const NOUNS: readonly (readonly [string, NounId])[] = [
  ['1.4 million listeners', 'listeners'],
  ['1.4 million people were listening', 'listeners'],
  ['1.4 million people listened', 'listeners'],
  ['an audience of 1.4 million', 'listeners'],
  ['1,4 million d’auditeurs', 'listeners'],
  ['1,4 million d’auditrices et d’auditeurs', 'listeners'],
  ['1,4 million de personnes écoutaient', 'listeners'],
  ['1,4 million de spectateurs', 'listeners'],
  ['1.4 million people', 'people'],
  ['1,4 million de personnes', 'people'],
  ['1,4 million de comptes', 'people'],
  ['1.4 million listeners at once', 'at-once'],
  ['1.4 million people at the same time', 'at-once'],
  ['1.4 million concurrent listeners', 'at-once'],
  ['1.4 million simultaneous', 'at-once'],
  ['1,4 million d’auditeurs simultanés', 'at-once'],
  ['1,4 million en même temps', 'at-once'],
  ['1,4 million de personnes à la fois', 'at-once'],
  ['1.4 million at the peak', 'at-once'],
  ['it peaked at 1.4 million', 'at-once'],
  ['un pic de 1,4 million', 'at-once'],
  ['a culminé à 1,4 million', 'at-once'],
  ['hundreds of thousands in the room', 'in-room'],
  ['500,000 people waiting', 'in-room'],
  ['quelques centaines de milliers dans la salle', 'in-room'],
  ['500 000 personnes connectées', 'in-room'],
  ['500 000 personnes attendaient', 'in-room'],
  ['24 million plays', 'plays'],
  ['24 millions d’écoutes', 'plays'],
  ['played 24 million times', 'plays'],
  ['the Space has been listened to 24 million times', 'plays'],
  ['a été écouté 24 millions de fois', 'plays'],
  ['10 million replays', 'replays'],
  ['10 million replay listens', 'replays'],
  ['10 millions de rediffusions', 'replays'],
  ['10 millions de réécoutes', 'replays'],
  ['24 million views', 'views'],
  ['24 millions de vues', 'views'],
  ['24 million views of the Space', 'room-views'],
  ['24 millions de vues de la salle', 'room-views'],
  ['24 millions de vues de l’entretien', 'room-views'],
  ['183 million views of the post', 'impressions'],
  ['183 million post views', 'impressions'],
  ['183 million views of his tweet', 'impressions'],
  ['183 millions de vues du post', 'impressions'],
  ['183 millions de vues de l’annonce', 'impressions'],
  ['le post a été vu 183 millions de fois', 'impressions'],
  ['la salle a été vue 24 millions de fois', 'room-views'],
  ['our show reached 12k listeners', 'listeners'],
  ['183 million impressions', 'impressions'],
  ['183 millions d’impressions', 'impressions'],
  ['the post was seen 183 million times', 'impressions'],
  ['reached 50 million people', 'reach'],
  ['a touché 50 millions de personnes', 'reach'],
  ['3 million page views', 'visits'],
  ['3 millions de visites', 'visits'],
  ['2 million tried to join', 'attempts'],
  ['2 million join attempts', 'attempts'],
  ['2 millions de tentatives', 'attempts'],
  ['900,000 joined', 'joins'],
  ['900,000 joins', 'joins'],
  ['900 000 personnes ont rejoint', 'joins'],
  ['300,000 could not get in', 'failures'],
  ['300,000 failed joins', 'failures'],
  ['300 000 échecs', 'failures'],
  ['300 000 personnes n’ont pas pu entrer', 'failures'],
  ['300,000 were turned away', 'failures'],
  ['5 million retries', 'retries'],
  ['14 million tuned in', 'tuned-in'],
  ['14 millions ont suivi', 'tuned-in'],
  ['4 million drop-ins', 'drop-ins'],
  ['20,000 downloads', 'downloads'],
  ['20 000 téléchargements', 'downloads'],
  ['8 million unique listeners', 'unique'],
  ['8 millions d’auditeurs uniques', 'unique'],
  ['8 million different people', 'unique'],
  ['700,000 listeners on average', 'average'],
  ['700 000 auditeurs en moyenne', 'average'],
  ['1.3 million listening hours', 'hours'],
  ['1.3 million hours of listening', 'hours'],
  ['1,3 million d’heures d’écoute', 'hours'],
  ['80 million minutes of listening', 'minutes'],
  ['80 millions de minutes d’écoute', 'minutes'],
  ['1.4 million', 'none'],
  ['about 1 billion', 'none'],
];

test.each(NOUNS)('"%s" counts %s', (text, noun) => {
  expect(understood(text).noun.noun.id).toBe(noun);
});

const clock = (hour: number, minute: number, zone?: string): SaidTime => ({
  ...{ kind: 'clock', hour, minute },
  ...(zone === undefined ? {} : { zone }),
});
const MINUTES = 60_000;
const TIMES: readonly (readonly [string, SaidTime | undefined])[] = [
  ['1.4 million listeners', undefined],
  ['1.4 million at 20:40', clock(20, 40)],
  ['at 20:40 there were 1.4 million listeners', clock(20, 40)],
  ['1.4 million at 20:40 UTC', clock(20, 40, 'UTC')],
  ['1.4 million at 8:40 pm', clock(20, 40)],
  ['1.4 million at 8.40pm ET', clock(20, 40, 'America/New_York')],
  ['1.4 million at 8:40 p.m.', clock(20, 40)],
  ['1.4 million at 12:05 am', clock(0, 5)],
  ['1.4 million at 12:05 pm', clock(12, 5)],
  ['1.4 million at 8 pm', clock(20, 0)],
  ['1.4 million around 20h40', clock(20, 40)],
  ['1,4 million à 20 h 40', clock(20, 40)],
  ['1,4 million à 20h40', clock(20, 40)],
  ['1,4 million vers 20 h 40', clock(20, 40)],
  ['à 20 h, 1,4 million d’auditeurs', clock(20, 0)],
  ['à 20 heures, 1,4 million d’auditeurs', clock(20, 0)],
  ['1,4 million à 20 h 40 (heure de l’Est)', clock(20, 40, 'America/New_York')],
  ['1,4 million à 20:40, heure de Paris', clock(20, 40, 'Europe/Paris')],
  ['1.4 million at noon', clock(12, 0)],
  ['1,4 million à minuit', clock(0, 0)],
  ['1.4 million at the peak', { kind: 'peak' }],
  ['1,4 million au plus haut', { kind: 'peak' }],
  ['1.4 million listeners in the first hour', { kind: 'after', length: 60 * MINUTES }],
  ['1.4 million in the first 30 minutes', { kind: 'after', length: 30 * MINUTES }],
  ['1.4 million in the first half hour', { kind: 'after', length: 30 * MINUTES }],
  ['1,4 million pendant la première heure', { kind: 'after', length: 60 * MINUTES }],
  ['1,4 million dans les 10 premières minutes', { kind: 'after', length: 10 * MINUTES }],
  ['1,4 million dans les dix premières minutes', { kind: 'after', length: 10 * MINUTES }],
  ['1,4 million dans la première demi-heure', { kind: 'after', length: 30 * MINUTES }],
  ['1.4 million after 10 minutes', { kind: 'after', length: 10 * MINUTES }],
  ['1.4 million after an hour', { kind: 'after', length: 60 * MINUTES }],
  ['1,4 million au bout de 20 minutes', { kind: 'after', length: 20 * MINUTES }],
  ['1.4 million in total', { kind: 'end' }],
  ['1,4 million au total', { kind: 'end' }],
  ['1.4 million on 12 August 2024', undefined],
  ['1,4 million le 12 août 2024', undefined],
  ['1.4 million on August 12, 2024', undefined],
  ['1.4 million in 2024', undefined],
  ['1.4 million on 12 August 2024 at 20:40', clock(20, 40)],
  ['1.4 million at 2024-08-12T20:40:00Z', { kind: 'instant', at: Date.UTC(2024, 7, 12, 20, 40) }],
  ['1.4 million at 2024-08-12 20:40', { kind: 'instant', at: Date.UTC(2024, 7, 12, 20, 40) }],
  ['1.4 million within 5 hours', undefined],
];

test.each(TIMES)('"%s" is about %j', (text, time) => {
  const { number, time: found } = understood(text);
  expect(number.value).toBe(1.4e6);
  expect(found).toEqual(time);
});

describe('the language', () => {
  test.each([
    ['1.4 million listeners at once', 'en'],
    ['1,4 million d’auditeurs', 'fr'],
    ['un milliard', 'fr'],
    ['1 billion de vues', 'fr'],
    ['1 billion views', 'en'],
    ['about 1 billion', 'en'],
    ['183M', 'en'],
    ['de 300 à 400 mille personnes', 'fr'],
  ])('of "%s" is %s', (text, language) => {
    expect(languageOfText(text.toLowerCase())).toBe(language);
  });
});

test('a time that no clock shows, or two of them, are refused', () => {
  for (const text of [
    '5 listeners at 25:00',
    '5 listeners at 20:70',
    '5 at 13:00 pm',
    '5 at 20:40 and at 21:00',
  ])
    expect(readStatement(text)).toEqual({ why: 'unclear-time' });
});

test('numbers of different things with a plus between them are an addition', () => {
  for (const text of [
    '24 million views of the Space + 183 million impressions',
    '1.4 million listeners plus 24 million plays',
    '1,4 million d’auditeurs + 24 millions d’écoutes',
  ]) {
    const found = readStatement(text);
    expect('addition' in found && found.addition.terms.length, text).toBe(2);
  }
});

test('a word for millions that is not understood is not left out', () => {
  for (const text of [
    '1.4 millones de oyentes',
    '24 Millionen Hörer',
    '24 mil',
    '140万人',
    '24 مليون',
    '1.4 listeners',
  ])
    expect([text, readStatement(text)]).toEqual([text, { why: 'unclear-number' }]);
  for (const text of ['half of 1000 listeners', 'la moitié de 1000 auditeurs'])
    expect([text, readStatement(text)]).toEqual([text, { why: 'share' }]);
  expect(understood('1.5 hours of listening').number.value).toBe(1.5);
});

test('what has no number is told from what is no number', () => {
  expect(readStatement('everybody listened')).toEqual({ why: 'no-number' });
  expect(readStatement('NaN listeners')).toEqual({ why: 'not-a-number' });
  expect(readStatement('infinity')).toEqual({ why: 'not-a-number' });
});
