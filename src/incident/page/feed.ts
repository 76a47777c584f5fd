import { escapeHtml } from '../../base/plain-text.ts';
import type { Dossier } from '../dossier.ts';
import type { IncidentWords } from '../words/incident-words.ts';
import { fiveSentences, spanOf } from '../words/sentences.ts';

/** What is in the feed; older incidents are in the list. */
const MOST_ENTRIES = 50;

/** Atom, newest first; `base`: the server's address, or nothing, and then links are relative. Spec: RFC 4287. */
export function incidentFeed(
  dossiers: readonly Dossier[],
  words: IncidentWords,
  base: string,
  now: number,
): string {
  const iso = (at: number): string => new Date(at).toISOString();
  const updated = ({ incident, statements }: Dossier): number =>
    Math.max(
      incident.window.from,
      ...incident.signs.map(({ from, to }) => to ?? from),
      ...statements.map(({ at }) => at),
      ...incident.postmortems.map(({ at }) => at),
    );
  // An id has to be a whole address; a server that knows none of its own has a name for each.
  const idOf = (name: string): string => escapeHtml(base === '' ? `urn:earshot:${name}` : `${base}/${name}`);
  const [newest] = dossiers;
  const entries = dossiers.slice(0, MOST_ENTRIES).map(
    (one) => `<entry>
<id>${idOf(`incidents/${one.incident.id}`)}</id>
<title>${escapeHtml(spanOf(one.incident, words, now))}</title>
<link href="${base === '' ? '' : `${escapeHtml(base)}/incidents/`}${one.incident.id}"/>
<published>${iso(one.incident.window.from)}</published>
<updated>${iso(updated(one))}</updated>
<summary>${escapeHtml(fiveSentences(one, words, now).join(' '))}</summary>
</entry>`,
  );
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
<id>${idOf('incidents')}</id>
<title>${words.title}</title>
<link rel="self" href="${base === '' ? '' : `${escapeHtml(base)}/incidents/`}feed.xml"/>
<updated>${iso(newest ? updated(newest) : 0)}</updated>
<author><name>Earshot</name></author>
${entries.join('\n')}
</feed>
`;
}
