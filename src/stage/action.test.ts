import { expect, test } from 'vitest';
import { readAction } from './action.ts';

const rename = (name: string) => readAction(JSON.stringify({ do: 'rename', name }));

test('a new name is one tidy line, whatever was sent', () => {
  expect(rename(' Ann\u202e\n\u0000 Lee\u2066 ')).toEqual({ do: 'rename', name: 'Ann Lee' });
  expect(rename('\u{1f600}'.repeat(60))).toEqual({ do: 'rename', name: '\u{1f600}'.repeat(60) });
});

test.each([['\u200b\u200d'], ['\u202e'], ['   '], ['a'.repeat(61)], ['\ud800']])(
  'a name that cannot be seen or is too long or torn is refused: %j',
  (name) => expect(rename(name)).toContain('use 1 to 60 characters'),
);

test('a name with a hidden sign loses it, and one that mixes alphabets in a word is refused', () => {
  expect(rename('An\u200ba')).toEqual({ do: 'rename', name: 'Ana' });
  expect(rename('Аna')).toContain('use letters of one alphabet in each word');
});
