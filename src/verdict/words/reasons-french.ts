import type { ReasonWords } from './reason-words.ts';

const percent = (share: number): string => `${(Math.round(share * 1000) / 10).toLocaleString('fr-FR')} %`;
const round = (value: number): string => (Math.round(value * 10) / 10).toLocaleString('fr-FR');
const time = (minutes: number): string =>
  minutes < 1440 ? `${Math.max(1, Math.round(minutes))} min` : `${Math.round(minutes / 1440)} jours`;

/** French. */
export const FRENCH_REASONS: ReasonWords = {
  families: {
    ...{ flow: 'enchaînement', rate: 'cadence', manners: 'politesse', novelty: 'nouveauté', shape: 'forme' },
    ...{ resemblance: 'ressemblance', syntax: 'syntaxe', baseline: 'habitude' },
  },
  says: { attack: 'une attaque', crowd: 'une foule', both: 'les deux', nothing: 'rien' },
  colon: ' : ',
  texts: {
    'flow-unknown': () => 'trop peu de clients montrent comment on se sert de ce site',
    flow: ({ people, bare }) =>
      `${percent(people)} de la demande charge des pages avec leurs fichiers, suit des liens ou écoute ; ${percent(bare)} vient de clients qui ne font rien de tout cela, plus que des personnes ne l’expliquent`,
    rate: ({ beyond }) =>
      `${percent(beyond)} de la demande vient de clients plus rapides qu’une personne ne peut l’être`,
    logins: ({ share }) => `${percent(share)} des requêtes ne font qu’essayer de se connecter à un compte`,
    'nobody-told-to-wait': () => 'il n’a été demandé à personne d’attendre (429 ou 503)',
    manners: ({ share }) =>
      `${percent(share)} ont continué moins d’une seconde après qu’on leur a dit d’attendre`,
    'nothing-before': () => 'il n’y a pas de temps avant avec quoi comparer',
    novelty: ({ share, minutes }) =>
      `${percent(share)} du coût vient de préfixes qu’on n’avait pas vus pendant les ${time(minutes)} d’avant`,
    'no-rise': () => 'la demande n’a pas augmenté',
    'no-shape': () => 'trop court pour avoir une forme',
    'on-and-off': ({ times }) => `a commencé et cessé ${times} fois`,
    shape: ({ seconds, share }) =>
      `au plus haut après ${seconds.toFixed(0)} s, et à cette hauteur pendant ${percent(share)} du temps`,
    resemblance: ({ share, path }) =>
      `${percent(share)} de la demande vient de clients qui se comportent de la même façon${path === undefined ? '' : `, surtout pour ${path}`}`,
    syntax: ({ share }) =>
      `${percent(share)} de la demande a des paramètres au hasard, des agents qui changent, des outils ou des recherches de failles`,
    'no-baseline': () =>
      'on ne connaît pas assez de jours passés pour dire ce qui est habituel à cette heure',
    baseline: ({ times, days, rate }) =>
      `${round(times)} fois la demande de cette heure sur ${days} jours passés (${round(rate)} requêtes par seconde)`,
    people: ({ share }) =>
      `personnes : ${percent(share)} de la demande se comporte comme des personnes et leurs lecteurs`,
    'no-harm': () =>
      'dommage : aucune erreur, aucun silence, aucune réponse plus lente pour des personnes n’a été relevé',
    'fault-usual': () => 'panne : elle a commencé alors que la demande était comme d’habitude',
    'fault-served-before': () => 'panne : la même demande avait été bien servie auparavant',
    'fault-served-after': () => 'panne : la même demande a été bien servie ensuite',
    'fault-exceptions': () =>
      'panne : les erreurs sont des exceptions (500) qui viennent sans aucune attente',
  },
};
