import { ANSWER_GROUPS } from '../wire/figures/door-answers.ts';
import type { Incident } from './incident.ts';
import { type PartHistory, partHistory } from './minutes/objectives.ts';
import {
  type AttackAnswer,
  answerToAttack,
  type IncidentStatement,
  saysAttack,
} from './statements/statement.ts';

/** Everything that is published about an incident: what was measured, and beside it what people said. */
export interface Dossier {
  readonly incident: Incident;
  /** Oldest first. */
  readonly statements: readonly IncidentStatement[];
  /** What each part of the server did in the same minutes. */
  readonly parts: readonly PartHistory[];
  /** Rooms whose bundle is published with it. */
  readonly bundles: readonly string[];
  /** The requests of the time are published with it. */
  readonly requestCopy?: true;
  /** Statements that there was an attack, and what the measurements say to that; the newest first. */
  readonly saidAttack: readonly { readonly statement: IncidentStatement; readonly answer: AttackAnswer }[];
}

/** Puts together what is known of an incident at `now` (wall-clock ms). */
export function dossierOf(
  incident: Incident,
  said: readonly IncidentStatement[],
  bundles: readonly string[],
  now: number,
): Dossier {
  const notes = incident.notes.map(
    ({ at, author, room, text }): IncidentStatement => ({
      ...{ kind: 'note', at, author, text, before: [], replies: [] },
      ...(room === undefined ? {} : { room }),
    }),
  );
  const opened = incident.signs.flatMap(({ kind, from, room, detail }): IncidentStatement[] =>
    kind !== 'person' || detail === undefined
      ? []
      : [
          {
            ...{ kind: 'note', at: from, author: 'operator', text: detail, before: [], replies: [] },
            ...(room === undefined ? {} : { room }),
          },
        ],
  );
  const statements = [...said, ...notes, ...opened].sort((a, b) => a.at - b.at);
  const answer = answerToAttack(incident);
  return {
    ...{ incident, statements, bundles },
    parts: ANSWER_GROUPS.map((group) => partHistory(group, incident.minutes, incident.signs, now)),
    saidAttack: statements
      .filter(({ text }) => saysAttack(text))
      .reverse()
      .map((statement) => ({ statement, answer })),
  };
}
