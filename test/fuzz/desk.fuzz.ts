/** What people write about incidents: forms and the API of the desk, and the pages that show it. */

import { openDesk } from '../../src/incident/desk/desk-routes.ts';
import { openInnerDesk } from '../../src/incident/desk/inner-desk.ts';
import { dossierOf } from '../../src/incident/dossier.ts';
import type { Incident } from '../../src/incident/incident.ts';
import { IncidentBook } from '../../src/incident/incident-book.ts';
import { incidentMain } from '../../src/incident/page/incident-pages.ts';
import { incidentWords } from '../../src/incident/words/sentences.ts';
import { manualClock } from '../clock.ts';
import { target } from './engine/target.ts';
import { checked, requestOf, written } from './requests.ts';

const clock = manualClock();
const WORDS = incidentWords('en');
const JSON_TYPE = { 'content-type': 'application/json', authorization: 'Bearer opkey' };
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
/** Requests after which all begins anew. */
const FRESH_EVERY = 2_000;

let book = new IncidentBook();
let id = '';
let asked = 0;
function fresh(): void {
  book = new IncidentBook();
  id = book.opened('No sound', clock.wall(), 'hall')?.id ?? '';
}
const inner = openInnerDesk({
  clock,
  get book() {
    return book;
  },
  publisher: { changed: () => {}, publish: async () => {}, dossier: async () => undefined },
  wrote: () => {},
});
const desk = openDesk({
  clock,
  isOperator: async (token) => token === 'opkey',
  whoIs: async (slug, token) => (slug === 'hall' && token === 'hostkey' ? 'host' : undefined),
  read: async (of) => {
    const incident = book.get(of);
    return incident && { incident, draft: 'A draft.' };
  },
  list: async () => book.list(),
  page: (_, incidents) => Response.json({ incidents }),
  write: async (wish) =>
    (await inner(
      new Request('http://tally.internal/desk', { method: 'POST', body: JSON.stringify(wish) }),
    )) as Response,
});
fresh();
const ID = id;

/** Nothing that was written may reach a page as markup. */
function shown(incident: Incident): void {
  const page = incidentMain(dossierOf(incident, [], [], clock.wall()), WORDS, clock.wall(), '');
  if (/<(?:script|img|iframe|svg )/i.test(page.replaceAll(/<svg [^>]*>/g, '')))
    throw new Error('markup of a stranger in a page');
}

export default target({
  covers: [
    'src/incident/desk/',
    'src/incident/statements/',
    'src/incident/incident-book.ts',
    'src/base/plain-text.ts',
  ],
  async run(bytes) {
    const request = requestOf(bytes);
    if (!request) return;
    if (asked++ % FRESH_EVERY === 0) fresh();
    clock.advance(3_000);
    const answer = await desk(request);
    if (!answer) return;
    if (answer.status === 307 || answer.status === 303) {
      if (!/^\/incidents\/[\w-]+(?:\.json)?$/.test(answer.headers.get('location') ?? ''))
        throw new Error(`leads to ${answer.headers.get('location')}`);
    } else await checked(answer);
    const { current } = book;
    if (current && answer.status < 400) shown(current);
  },
  seeds: [
    written('POST', '/api/incidents', JSON_TYPE, '{"title":"No sound","room":"hall"}'),
    written('POST', `/api/incidents/${ID}/notes`, JSON_TYPE, '{"text":"Not a DDoS attack, sorry"}'),
    written(
      'POST',
      `/api/incidents/${ID}/notes`,
      { ...JSON_TYPE, authorization: 'Bearer hostkey' },
      '{"text":"We are under attack"}',
    ),
    written(
      'POST',
      `/api/incidents/${ID}/postmortem`,
      JSON_TYPE,
      '{"text":"# What happened\\n\\nIt *was* us."}',
    ),
    written('POST', `/api/incidents/${ID}/close`, JSON_TYPE, '{}'),
    written('POST', '/operate/incidents', FORM, `act=note&id=${ID}&key=opkey&text=One+%3Cb%3E`),
    written(
      'POST',
      '/operate/incidents',
      FORM,
      `act=postmortem&act=draft&id=${ID}&key=https%3A%2F%2Fx%2F%23operator%3Dopkey`,
    ),
    written('POST', '/operate/incidents', FORM, 'act=open&key=opkey&title=No+sound&room=hall'),
    written('GET', `/operate/incidents?id=${ID}`, { 'accept-language': 'fr' }),
    written('GET', '/api/incidents'),
    written('GET', `/api/incidents/${ID}`, JSON_TYPE),
  ],
  words: [
    ID,
    '/api/incidents/',
    'opkey',
    'hostkey',
    'act=',
    'text=',
    '"text":"',
    '<script>',
    'n’est pas une attaque',
  ],
  patienceMs: 500,
});
