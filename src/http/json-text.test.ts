import { expect, test } from 'vitest';
import { parseJson } from './json-text.ts';

test.each([
  '{"a":{"b":1},"b":[{"b":1},{"b":2}]}',
  '{"a":"{\\"a\\":1,\\"a\\":2}","b":"\\\\"}',
  '["a","a"]',
  '"x"',
  ' 5 ',
  '{"a" : "a:a" , "b":"]]]}}"}',
])('%s is what it says', (text) => {
  expect(parseJson(text)).toEqual(JSON.parse(text));
  expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
});

test.each([
  ['a name twice', '{"a":1,"a":2}'],
  ['a name twice, once escaped', '{"a":1, "\\u0061" : 2}'],
  ['a name twice within a list', '[{"x":{"a":1,"b":2,"a":3}}]'],
  ['a name twice after an object', '{"a":{"c":1},"a":2}'],
  ['deeper than anything needs', `${'['.repeat(33)}${']'.repeat(33)}`],
  ['no JSON', '{"a":'],
  ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0x22])],
] as const)('%s is refused', (_, text) => {
  expect(() => parseJson(text)).toThrow(SyntaxError);
});
