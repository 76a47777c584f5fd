import { expect, test } from 'vitest';
import { MIXED_NAME, personName, plainText } from './plain-text.ts';

const nameOf = (text: string): string => {
  const read = personName(text, 60);
  return 'name' in read ? read.name : read.fault;
};

test.each([
  ['An\u200ba', 'Ana'],
  ['A\u200bna\u2060', 'Ana'],
  ['A\u00adn\u200da', 'Ana'],
  ['Ana\u200c\u200d', 'Ana'],
  ['Ana\ufe0f', 'Ana'],
  ['A\u{e0041}na', 'Ana'],
  ['О\u200dля', 'Оля'],
  ['\u202eana\u2066', 'ana'],
  ['e\u0301', 'é'],
  // Between letters that do not join anyway it would not be seen.
  ['دا\u200cرا', 'دارا'],
  ['علی\u200c\u200cرضا', 'علیرضا'],
])('signs that nobody sees are taken out of a name: %j', (text, name) => expect(nameOf(text)).toBe(name));

test.each(['Аna', 'Аdmin', 'pаypal', 'Οlga', 'Ana Bоb', 'О’Brien', 'Аn\u200ba'])(
  'a name with a word of two alphabets is refused in words: %s',
  (text) => expect(nameOf(text)).toBe(MIXED_NAME),
);

test.each(['', '   ', '\u200b\u2060', '\u200d', '\u3164', 'x'.repeat(61), '\ud800'])(
  'a name of which nothing is seen, or that is too long or torn, is refused: %j',
  (text) => expect(nameOf(text)).toBe('use 1 to 60 characters'),
);

test.each([
  'Zoë',
  'O’Brien',
  "D'Arcy-Łoś",
  '李 Ana',
  'Ana שרה',
  'Anna-Мария',
  'Ольга (Olga)',
  'さくら Sakura',
  'محمد',
  'Ελένη',
  // Persian: the sign keeps two joining letters apart.
  'علی\u200cرضا',
  // Hindi, Sinhala, Malayalam and Bengali, where the sign changes what is drawn.
  'नमस्ते',
  'क्\u200dष',
  'शक्\u200cति',
  'ශ්\u200dරී',
  'അവന്\u200d',
  'র\u200d্যাম',
  '👩\u200d👩\u200d👧\u200d👦 Ana',
  '👩🏽\u200d🚀',
  '❤\ufe0f\u200d🔥',
  '1\ufe0f\u20e3',
  '🏴\u{e0067}\u{e0062}\u{e0073}\u{e0063}\u{e0074}\u{e007f}',
  // The form of a character that a Japanese family writes.
  '葛\u{e0100}城',
])('a name that hides nothing stays as it is: %s', (text) =>
  expect(nameOf(text)).toBe(text.normalize('NFC')),
);

test('a title may mix alphabets, and hides nothing', () => {
  expect(plainText('Аna\u200b und kΩ\u2060', 140)).toBe('Аna und kΩ');
  expect(plainText('می\u200cشود', 140)).toBe('می\u200cشود');
});
