import { expect, test } from 'vitest';
import { refusalOf } from './hand-view.ts';
import { handWords } from './hand-words.ts';

test('why a hand was not raised is said in the words of the page, in French as well', () => {
  const [english, french] = [handWords('en'), handWords('fr')];
  const rule = { code: 'unprocessable', field: 'topic', rule: 'insultes' };
  expect(refusalOf(french, rule)).toContain('enfreint la règle « \u2068insultes\u2069 »');
  expect(refusalOf(english, rule)).toContain('the rule “\u2068insultes\u2069”');
  expect(refusalOf(french, { code: 'unprocessable', field: 'name' })).toBe(french.nameWrong);
  expect(refusalOf(french, { code: 'unprocessable', field: 'topic' })).toBe(french.topicWrong);
  expect(refusalOf(french, { code: 'hands-closed' })).toBe(french.failed['hands-closed']);
  expect(refusalOf(french, { code: 'site-away' })).toBe(french.notRaised);
});
