import type { RoomNotesWords } from './numbers-words.ts';

/** The card of the room's numbers and of its host's notes, in French. */
export const numbersFrench: RoomNotesWords = {
  title: 'Chiffres',
  same: 'Les mêmes chiffres que tout le monde voit.',
  publicPage: 'Ouvrir la page publique des chiffres',
  nothing: 'Rien n’a encore été compté. Les chiffres apparaissent avec la première personne à l’écoute.',
  away: 'Les chiffres ne répondent pas en ce moment. Ce qui est affiché est plus ancien.',
  band: (low, high) => `les deux comptes donnent ${low} à ${high}`,
  gross: (gross) => `${gross} avant exclusions`,
  leftOut: 'Laissé de côté',
  late: 'Début',
  lateBy: (minutes) =>
    minutes > 0
      ? `les premiers mots sont venus avec ${minutes} min de retard`
      : 'les premiers mots sont venus à l’heure',
  lateSoFar: (minutes) => `${minutes} min de retard pour l’instant`,
  silence: 'Silence sur scène',
  silences: (times) => (times === 0 ? 'jamais pour l’instant' : times === 1 ? 'une fois' : `${times} fois`),
  silentNow: (cause) => `en ce moment : ${cause}`,
  notes: 'Notes',
  notesHint:
    'Une note est publique et reste pour toujours : personne ne peut la changer, vous non plus. Elle figure à son heure sur la page des chiffres.',
  noteLabel: 'Que s’est-il passé ?',
  noteExample: 'La ligne de l’invité a coupé, nous recommençons',
  noteTime: 'À (vide : maintenant)',
  noteWrite: 'Écrire la note',
  noteWritten: 'La note est écrite.',
  answering: (text) => `Une réponse à « ${text} »`,
  correcting: (text) => `À la place de « ${text} »`,
  answer: 'Répondre',
  correct: 'Remplacer',
  corrected: 'remplacée',
  authors: { host: 'hôte', operator: 'exploitant' },
  noteTimeWrong: 'Ce moment n’est pas encore venu.',
};
