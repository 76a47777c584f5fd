/** Files of incidents that are read back: the journal after a restart, and pages that are made of it. */
import { dossierOf } from '../../src/incident/dossier.ts';
import { IncidentBook, type IncidentLine } from '../../src/incident/incident-book.ts';
import { readIncidentLine } from '../../src/incident/incident-line.ts';
import { verdictText } from '../../src/incident/incident-verdict.ts';
import { incidentMain, listMain } from '../../src/incident/page/incident-pages.ts';
import { saysAttack } from '../../src/incident/statements/statement.ts';
import { incidentWords } from '../../src/incident/words/sentences.ts';
import { readEntries } from '../../src/journal/index.ts';
import { target } from './engine/target.ts';

const NOW = Date.UTC(2026, 10, 30, 20, 0, 0);
const WORDS = [incidentWords('en'), incidentWords('fr')];
const book = new IncidentBook();
const lines: (IncidentLine | undefined)[] = [
  book.began('rung hall', { kind: 'rung', room: 'hall', from: NOW, detail: '3' }),
  book.began('process door-1', { kind: 'process', from: NOW + 1_000, detail: 'door-1 SIGKILL' }),
  book.opened('No sound', NOW + 2_000, 'hall'),
  book.minutes([
    {
      at: NOW,
      rung: 3,
      listeners: 400,
      sound: [0, 3, 5],
      groups: { joining: { asked: 9, failed: 2, refused: 1, times: [1, 3] } },
    } as unknown as Parameters<typeof book.minutes>[0][number],
  ]),
];
const ID = book.current?.id ?? '';
lines.push(
  book.note(ID, { at: NOW + 3_000, author: 'host', room: 'hall', text: 'We are under attack' }),
  book.postmortem(ID, { at: NOW + 4_000, author: 'operator', text: 'It was no attack.' }),
  book.ended('rung hall', NOW + 9_000),
  book.ended('process door-1', NOW + 9_000),
  ...book.closed(ID, NOW + 9_000),
  book.settle(NOW + 90_000, { most: 500, least: 20, attempts: 9, failures: 2, excluded: 0 }),
);
const text = lines.map((line) => `${JSON.stringify(line)}\n`);

export default target({
  covers: [
    'src/incident/incident-book.ts',
    'src/incident/incident-line.ts',
    'src/incident/finding.ts',
    'src/incident/dossier.ts',
    'src/incident/incident-verdict.ts',
    'src/incident/page/',
    'src/incident/statements/',
    'src/journal/entry.ts',
  ],
  run(bytes) {
    const read = new IncidentBook();
    const whole = bytes.toString('utf8');
    saysAttack(whole);
    for (const entry of readEntries<unknown>(whole)) {
      const line = readIncidentLine(entry);
      if (line) read.restore(line);
    }
    read.restored();
    // Drawing pages takes a hundred times as long as reading; what cannot be drawn is seldom missed by its eighth.
    if (bytes.length % 8 !== 0) return;
    const dossiers = read.list().map((incident) => dossierOf(incident, [], [], NOW));
    for (const words of WORDS) listMain(dossiers, words, NOW, '');
    for (const dossier of dossiers.slice(0, 2)) {
      verdictText(dossier.incident);
      for (const words of WORDS) incidentMain(dossier, words, NOW, '');
    }
    read.settle(NOW, undefined);
    read.began('rung hall', { kind: 'rung', room: 'hall', from: NOW });
  },
  seeds: [text.join(''), text.slice(0, 6).join(''), ...text],
  words: [
    ID,
    '"what":"',
    '"sign":',
    '"from":',
    '"minutes":[',
    '"note":',
    '"version":',
    '"audience":',
    'attack',
    'DDoS',
    'pas d’',
  ],
  mostBytes: 8_192,
  patienceMs: 500,
});
