import { expect, test } from 'vitest';
import { write, written } from './element.ts';

test('a text changed by a translator stays until the page has another text', () => {
  const node = { textContent: 'Live' } as Element;
  write(node, 'Live');
  node.textContent = 'En directo';
  write(node, 'Live');
  expect([node.textContent, written(node)]).toEqual(['En directo', 'Live']);
  write(node, 'Ended');
  expect([node.textContent, written(node)]).toEqual(['Ended', 'Ended']);
});
