import type { AbuseReason, DecisionAct } from '../../../src/wire/moderation/moderation.ts';
import type { Language } from '../../kit/words.ts';
import { localeOf } from '../words/times.ts';

/** How long a decision of a host holds. */
export type DeskSpan = 'ever' | '1h' | '1d' | '7d';

/** The texts of the hosts' desk. They come with it, and not with the studio. */
export interface ModerationDeskWords {
  readonly title: string;
  readonly lead: string;
  readonly none: string;
  readonly away: string;
  readonly reasons: Readonly<Record<AbuseReason, string>>;
  readonly hear: string;
  readonly what: string;
  readonly choices: Readonly<Record<DecisionAct | 'dismiss', string>>;
  readonly why: string;
  readonly whyHint: string;
  readonly doIt: string;
  readonly inForce: string;
  readonly takeBack: string;
  readonly done: string;
  readonly howLong: string;
  readonly spans: Readonly<Record<DeskSpan, string>>;
  readonly until: (when: string) => string;
  readonly roles: Readonly<Record<'operator' | 'host' | 'co-host' | 'server', string>>;
  readonly notice: string;
  readonly log: string;
  readonly logLead: string;
  readonly logEmpty: string;
  readonly older: string;
  /** What a line of the log says was done. */
  readonly did: (act: string) => string;
}

/** What was done, as the log names it. */
type DoneActs = Readonly<Record<string, string>>;
const englishActs: DoneActs = {
  ...{ dismiss: 'Report dismissed', remove: 'Removed from the stage', ban: 'Banned from the stage' },
  ...{
    'hide-clip': 'Clip taken away',
    'hide-question': 'Question taken out',
    'end-room': 'Room ended',
    'unlist-room': 'Room out of all lists',
  },
  ...{ 'stop-room': 'Room closed to everybody', 'add-word': 'Rule added', 'remove-word': 'Rule removed' },
};
const frenchActs: DoneActs = {
  ...{ dismiss: 'Signalement classé', remove: 'Retrait de la scène', ban: 'Bannissement de la scène' },
  ...{
    'hide-clip': 'Extrait retiré',
    'hide-question': 'Question retirée',
    'end-room': 'Salle terminée',
    'stop-room': 'Salle fermée à tous',
  },
  ...{ 'unlist-room': 'Salle retirée des listes', 'add-word': 'Règle ajoutée' },
  'remove-word': 'Règle supprimée',
};
const doneBy = (act: string, acts: DoneActs, lifted: (what: string) => string): string => {
  const [, back] = /^lift-(.+)$/.exec(act) ?? [];
  return back === undefined ? (acts[act] ?? act) : lifted(acts[back] ?? back);
};

const english: ModerationDeskWords = {
  title: 'Reports about this room',
  lead: 'What people report about somebody on stage, a clip or a question. Reports about the room or its hosts go to the operator.',
  none: 'Nobody has reported anything.',
  away: 'The reports cannot be read right now.',
  reasons: {
    threat: 'A threat, or a danger to somebody',
    hate: 'Hatred of people for who they are',
    harassment: 'Somebody is insulted or harassed',
    sexual: 'Sexual content, or minors in danger',
    illegal: 'Something that breaks the law',
    private: 'Private facts about somebody',
    spam: 'Advertising or fraud',
    other: 'Something else',
  },
  hear: 'Hear the moment',
  what: 'What is done',
  choices: {
    dismiss: 'Nothing: dismiss',
    remove: 'Remove from the stage',
    ban: 'Ban from the stage',
    'hide-clip': 'Take the clip away',
    'hide-question': 'Take the question out of the list',
    'end-room': 'End the room',
    'unlist-room': 'Take the room out of all lists',
    'stop-room': 'Close the room to everybody',
    suspend: 'Suspend the account',
    'remove-post': 'Remove the post',
    'clear-profile': 'Empty the profile',
  },
  why: 'Reason',
  whyHint: 'The person concerned reads it.',
  doIt: 'Do it',
  inForce: 'What was decided here',
  takeBack: 'Take it back',
  done: 'Done.',
  howLong: 'For how long',
  spans: { ever: 'until it is taken back', '1h': 'one hour', '1d': 'one day', '7d': '7 days' },
  until: (when) => `until ${when}`,
  roles: { operator: 'the operator', host: 'a host', 'co-host': 'a co-host', server: 'its time was over' },
  notice: 'What the person concerned reads',
  log: 'What was done in this room',
  logLead: 'Lines are added and never changed.',
  logEmpty: 'Nothing yet.',
  older: 'Older',
  did: (act) => doneBy(act, englishActs, (what) => `${what}: taken back`),
};

const french: ModerationDeskWords = {
  title: 'Signalements sur cette salle',
  lead: 'Ce que des gens signalent de quelqu’un sur scène, d’un extrait ou d’une question. Ce qui concerne la salle ou ses hôtes va à l’exploitant.',
  none: 'Personne n’a rien signalé.',
  away: 'Les signalements ne peuvent pas être lus en ce moment.',
  reasons: {
    threat: 'Une menace, ou un danger pour quelqu’un',
    hate: 'De la haine contre des gens pour ce qu’ils sont',
    harassment: 'Quelqu’un est insulté ou harcelé',
    sexual: 'Contenu sexuel, ou mineurs en danger',
    illegal: 'Quelque chose d’illégal',
    private: 'Des faits privés sur quelqu’un',
    spam: 'Publicité ou fraude',
    other: 'Autre chose',
  },
  hear: 'Écouter le moment',
  what: 'Ce qui est fait',
  choices: {
    dismiss: 'Rien : classer',
    remove: 'Retirer de la scène',
    ban: 'Bannir de la scène',
    'hide-clip': 'Retirer l’extrait',
    'hide-question': 'Retirer la question de la liste',
    'end-room': 'Terminer la salle',
    'unlist-room': 'Retirer la salle de toutes les listes',
    'stop-room': 'Fermer la salle à tous',
    suspend: 'Suspendre le compte',
    'remove-post': 'Retirer la publication',
    'clear-profile': 'Vider le profil',
  },
  why: 'Raison',
  whyHint: 'La personne concernée la lit.',
  doIt: 'Appliquer',
  inForce: 'Ce qui a été décidé ici',
  takeBack: 'Annuler',
  done: 'C’est fait.',
  howLong: 'Pour combien de temps',
  spans: { ever: 'jusqu’à annulation', '1h': 'une heure', '1d': 'un jour', '7d': '7 jours' },
  until: (when) => `jusqu’au ${when}`,
  roles: {
    ...{ operator: 'l’exploitant', host: 'un hôte', 'co-host': 'un co-hôte' },
    server: 'la durée était écoulée',
  },
  notice: 'Ce que lit la personne concernée',
  log: 'Ce qui a été fait dans cette salle',
  logLead: 'Des lignes s’ajoutent, aucune n’est jamais modifiée.',
  logEmpty: 'Rien encore.',
  older: 'Plus ancien',
  did: (act) => doneBy(act, frenchActs, (what) => `${what} : annulé`),
};

/** A moment, short: the day and the minute. */
export const momentOf = (at: string, language: Language): string =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'short', timeStyle: 'short' }).format(
    new Date(at),
  );

/** The words of a language. */
export const moderationDeskWords = (language: Language): ModerationDeskWords =>
  language === 'fr' ? french : english;
