import { DESK_FRENCH } from './desk-words.ts';
import { DOSSIER_FRENCH } from './dossier-french.ts';
import type { IncidentWords } from './incident-words.ts';
import { length, lower } from './span-text.ts';

const share = (value: number): string => `${(Math.round(value * 1_000) / 10).toLocaleString('fr-FR')} %`;
const count = (value: number): string => value.toLocaleString('fr-FR');

const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} et ${parts.at(-1)}`;

/** French. */
export const FRENCH: IncidentWords = {
  language: 'fr',
  title: 'Incidents',
  about: 'Ce qui s’est mal passé sur ce serveur, mesuré pendant que cela se passait.',
  lead: 'Ce serveur note de lui-même quand quelque chose se passe mal : quand cela commence, ce qui a été mesuré et ce que l’on peut en conclure. Personne n’a besoin de l’annoncer, et personne ne peut le retirer.',
  none: 'Rien ne s’est mal passé depuis que ce serveur en tient le registre.',
  running: 'en cours',
  signs: {
    rung: 'Plus de retard ou un son moins bon',
    'dead-air': 'Un silence que personne n’a voulu',
    'studio-away': 'Pas de studio : on entend l’attente',
    'late-start': 'En retard : personne n’a encore parlé',
    'failed-joins': 'Des écoutes qui ont échoué',
    process: 'Une partie du serveur s’est arrêtée sans qu’on le lui demande',
    'hostile-requests': 'Des requêtes qui se comportent comme une attaque',
    person: 'Ouvert par une personne',
  },
  labels: {
    NO_OVERLOAD: 'pas de surcharge',
    CROWD: 'une foule : plus de monde est venu qu’avant',
    ATTACK: 'une attaque',
    MIXED: 'une foule et une attaque',
    INTERNAL_FAULT: 'une panne de ce serveur lui-même',
    UNDETERMINED: 'indécidable à partir de ce qui a été mesuré',
  },
  span: (from, to, span) =>
    to ? `De ${from} à ${to} UTC (${span})` : `Depuis ${from} UTC (${span} jusqu’ici)`,
  length,
  happened: (span, rooms, kinds) =>
    `${span}${rooms > 0 ? `, ${rooms === 1 ? 'une salle a été touchée' : `${count(rooms)} salles ont été touchées`}` : ', ce serveur a été touché'} : ${listed(kinds.map(lower))}.`,
  heard: (audience) => {
    if (!audience) return 'On ne sait pas combien de personnes écoutaient pendant ce temps.';
    const { most, least, attempts, failures, before } = audience;
    const usual = before === undefined ? '' : ` (${count(before)} avant)`;
    const joins =
      attempts === 0
        ? 'personne n’a appuyé sur Écouter'
        : `${count(failures)} tentatives sur ${count(attempts)} ont échoué, à notre connaissance`;
    const people =
      least === most
        ? `${count(most)} ${most > 1 ? 'personnes écoutaient' : 'personne écoutait'}`
        : `Entre ${count(least)} et ${count(most)} personnes écoutaient`;
    return `${people}${usual}, et ${joins}.`;
  },
  faults: (list) =>
    list.length === 0
      ? 'Aucune partie de ce serveur ne s’est arrêtée d’elle-même.'
      : `De notre côté : ${listed(list.map(lower))}.`,
  found: (label, said) =>
    `Ce que les mesures permettent de dire : ${label}${said === undefined ? '' : ` ; ${said}`}.`,
  range: (a, low, high) => `${share(a)} (de ${share(low)} à ${share(high)})`,
  unknown: (complete, hostile) =>
    `${
      hostile === undefined
        ? 'On ne sait pas ce qui a été demandé aux portes : une attaque ne peut être ni montrée ni exclue'
        : `De ce qui a été demandé aux portes, ${hostile.requests} des requêtes et ${hostile.cost} du coût se comportent comme une attaque ; les connexions qui n’ont jamais abouti à une requête ne se voient pas ici`
    }${complete ? '' : ' ; et pendant une partie du temps rien n’a été mesuré, car ce qui mesure était absent'}.`,
  count,
  decimal: (value) => value.toFixed(2).replace('.', ','),
  dossier: DOSSIER_FRENCH,
  desk: DESK_FRENCH,
  timeline: 'Ce qui a été mesuré',
  wholeServer: 'tout le serveur',
  lasts: 'dure encore',
  check: 'Comment vérifier',
  checkLead:
    'Les silences, les paliers et les horloges d’une salle sont inscrits dans le journal signé, tout comme ses chiffres. Ils ont été publiés pendant que cela se passait.',
  numbersOf: (room) => `Chiffres et preuves de ${room}`,
  asJson: 'La même chose pour les programmes',
  feed: 'Flux',
  all: 'Tous les incidents',
};
