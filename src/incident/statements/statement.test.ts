import { expect, test } from 'vitest';
import { findingOf } from '../finding.ts';
import { UNKNOWN_HOSTILE } from '../request-finding.ts';
import { answerToAttack, saysAttack } from './statement.ts';

test.each([
  'There appears to be a massive DDoS attack',
  'No sound because of a DDoS attack',
  'This is not a joke, we are under attack',
  'No attack yesterday. Today a massive DDoS attack.',
  'It is a DoS',
  'It is not only a crowd but an attack',
  'Nous sommes attaqués',
  'Pas de son à cause d’une attaque',
  'We were hacked',
])('a claim of an attack: %s', (text) => {
  expect(saysAttack(text)).toBe(true);
});

test.each([
  'J’ai mal au dos',
  "J'ai mal au dos",
  'pirate radio night',
  'It was no attack, sorry',
  'Not a DDoS attack',
  'This was not a DoS attack',
  'We are not under attack',
  'There is no sign of an attack',
  "It wasn't an attack",
  'Ce n’est pas une attaque',
  'Il n’y a pas d’attaque',
  "Il n'y a pas d'attaque",
  'Aucune attaque',
  'The disk is full',
])('no claim of an attack: %s', (text) => {
  expect(saysAttack(text)).toBe(false);
});

test('without measured requests no finding contradicts a claim; with a small hostile share it does', () => {
  const fault = findingOf({ signs: [{ kind: 'process', from: 0 }] });
  expect([fault.label, answerToAttack(fault)]).toEqual(['INTERNAL_FAULT', 'not-supported']);
  const share = (high: number) => ({ share: 0.01, low: 0, high });
  const measured = (high: number, complete: number) =>
    answerToAttack({
      ...{ label: 'CROWD', caused: null, hostile: { cost: share(high), requests: share(0.02) } },
      requests: { complete } as NonNullable<Parameters<typeof answerToAttack>[0]['requests']>,
    });
  expect(measured(0.14, 1)).toBe('contradicted');
  expect(measured(0.15, 1)).toBe('not-supported');
  expect(measured(0.14, 0.9)).toBe('not-supported');
  expect(answerToAttack({ label: 'NO_OVERLOAD', caused: false, hostile: UNKNOWN_HOSTILE })).toBe(
    'contradicted',
  );
  expect(answerToAttack({ label: 'ATTACK', caused: null, hostile: UNKNOWN_HOSTILE })).toBe('supported');
});
