import type { Dossier } from '../dossier.ts';
import type { IncidentWords } from '../words/incident-words.ts';
import { fiveSentences, moment, signText, spanOf } from '../words/sentences.ts';

/** Signs that a draft lists; who needs more of them has the page. */
const MOST_LISTED = 60;

/** Where an account begins: the facts as they were measured, and empty places for why, and for what will change. */
export function draftOf(dossier: Dossier, words: IncidentWords, now: number): string {
  const { incident, parts } = dossier;
  const { desk, dossier: own } = words;
  const signs = incident.signs.filter(({ kind }) => kind !== 'person').slice(0, MOST_LISTED);
  const timeline = signs.map((sign) => {
    const lasted = sign.to === undefined ? words.lasts : words.length(sign.to - sign.from);
    return `- ${moment(sign.from).slice(11)} ${signText(sign, words)}, ${sign.room ?? words.wholeServer}: ${lasted}`;
  });
  const worked = parts.map(({ group, met, missed, asked, failed }) => {
    const result = met + missed === 0 ? own.partUnknown : own.partMet(met, missed);
    return `- ${own.groups[group]}: ${result}${asked > 0 ? ` (${own.answered(words.count(asked), words.count(failed))})` : ''}`;
  });
  return `# ${spanOf(incident, words, now)}

${fiveSentences(dossier, words, now).join('\n\n')}

# ${words.timeline} (UTC)

${timeline.join('\n')}

# ${own.blast}

${worked.join('\n')}

# ${desk.why}

# ${desk.changes}
`;
}
