import { expect, test } from 'vitest';
import { files, isTest } from './tree.ts';

const server = files(['src'], /\.ts$/).filter(({ path }) => !isTest(path));

/** The names of the undocumented parts of Node that this program uses. */
const INTERNALS =
  /\b(_handle|_parent|writeQueueSize|destroySSL|unconsume|socketOnClose|detachSocket|getOwnPropertySymbols)\b|\bparser\??\.|emit\('listening'/;

test('what Node does not document is used in one file, whose test says that this Node still has it', () => {
  const found = server.filter(({ text }) => INTERNALS.test(text)).map(({ path }) => path);
  expect(found).toEqual(['src/native/node-internals.ts']);
});
