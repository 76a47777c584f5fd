import type { interactionEnglish } from './interaction-english.ts';

/** The studio's texts about questions, reactions and the pinned line, in French. */
export const interactionFrench: typeof interactionEnglish = {
  title: 'Questions écrites',
  none: 'Aucune question ouverte.',
  lately: 'Réactions des dix dernières secondes :',
  noReactions: 'aucune',
  reactions: {
    ...{ applause: 'Bravo', laugh: 'Rire', heart: 'Cœur' },
    ...{ agree: 'D’accord', surprised: 'Surprise' },
  },
  votes: (n) => `${n} voix`,
  answered: 'Répondue',
  answeredMark: 'répondue',
  hide: 'Masquer',
  hidden: 'masquée',
  reopen: 'Rouvrir',
  done: (n) => `Répondues et masquées : ${n}`,
  pin: 'Épingler une ligne pour tout le monde',
  pinText: 'Ce que tout le monde lit',
  pinLink: 'Lien, https uniquement (facultatif)',
  pinSend: 'Épingler',
  unpin: 'Retirer',
  ruleQuestions: 'Les auditeurs peuvent poser des questions par écrit',
  ruleReactions: 'Les auditeurs peuvent réagir',
};
