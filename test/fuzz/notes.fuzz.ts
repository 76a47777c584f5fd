/** Signed texts of logs and journals, from witnesses, feeds and files. */

import { decodeEntries, isEntry } from '../../src/evidence/entry-files.ts';
import { parseCheckpoint } from '../../src/evidence/note/checkpoint.ts';
import { cosignedBy, parseNote, parseVerifier, signedBy } from '../../src/evidence/note/note.ts';
import { parseLine, readEntries } from '../../src/journal/entry.ts';
import { checkHead } from '../../src/journal/signed-head.ts';
import { verify } from '../../src/journal/verify.ts';
import { noteInFeed } from '../../src/wire/evidence/syndicated-head.ts';
import { checkpointAt, eventOf } from '../bundle.ts';
import { target } from './engine/target.ts';

const event = eventOf({ seed: 3, minutes: 2, witnesses: 1 });
const note = checkpointAt(event, event.sizes.at(-1) ?? 1);
const verifiers = [
  'log.example/earshot+00000000+AQ==',
  ...[...note.matchAll(/^— (\S+) /gmu)].map(([, name]) => `${name}+00000000+AQ==`),
];

export default target({
  covers: [
    'src/evidence/note/',
    'src/evidence/entry-files.ts',
    'src/journal/',
    'src/wire/evidence/syndicated-head.ts',
  ],
  run(bytes) {
    const text = bytes.toString('utf8');
    const parsed = parseNote(noteInFeed(text));
    if (parsed) parseCheckpoint(parsed.text);
    parseCheckpoint(text);
    const verifier = parseVerifier(text.split('\n')[0] ?? '');
    if (parsed && verifier) {
      signedBy(parsed, verifier);
      cosignedBy(parsed, verifier);
    }
    for (const line of text.split('\n', 8)) parseLine(line);
    readEntries(text);
    verify(text);
    checkHead(text);
    isEntry(bytes);
    decodeEntries(bytes);
  },
  seeds: [
    note,
    `<feed xmlns:c="https://c2sp.org/tlog-checkpoint"><c:checkpoint a="b">${note.replaceAll('&', '&amp;')}</c:checkpoint></feed>`,
    `<feed><checkpoint><![CDATA[${note}]]></checkpoint></feed>`,
    ...verifiers,
    '{"at":1,"kind":"step","previous":"","seq":1}\n{"at":2,"by":"door-1","kind":"step","previous":"","seq":1}\n',
    '{"alg":"Ed25519","chains":[],"file":"x","kind":"journal-head","signature":{"alg":"Ed25519","publicKey":"","value":""}}',
    Buffer.from([0, 5, 123, 34, 97, 34, 58, 0, 2, 123, 125]),
  ],
  words: ['<c:checkpoint>', '</c:checkpoint>', '<checkpoint ', '<![CDATA[', ']]>', '&#x41;', '— ', '"seq":2'],
  mostBytes: 65_536,
  patienceMs: 500,
});
