import type { RoomNotesWords } from './numbers-words.ts';

/** The card of the room's numbers and of its host's notes, in English. */
export const numbersEnglish: RoomNotesWords = {
  title: 'Numbers',
  same: 'The same figures that everybody sees.',
  publicPage: 'Open the public numbers page',
  nothing: 'Nothing has been counted yet. Figures appear with the first listener.',
  away: 'The figures do not answer right now. What is shown is older.',
  band: (low, high) => `the two counts give ${low} to ${high}`,
  gross: (gross) => `${gross} before exclusions`,
  leftOut: 'Left out',
  late: 'Start',
  lateBy: (minutes) =>
    minutes > 0 ? `the first words came ${minutes} min late` : 'the first words came on time',
  lateSoFar: (minutes) => `${minutes} min late so far`,
  silence: 'Silence on stage',
  silences: (times) => (times === 0 ? 'never so far' : times === 1 ? 'once' : `${times} times`),
  silentNow: (cause) => `now: ${cause}`,
  notes: 'Notes',
  notesHint:
    'A note is public and stays for good: nobody can change it, not even you. It appears on the numbers page at its time.',
  noteLabel: 'What happened?',
  noteExample: 'The guest’s line dropped, we restart',
  noteTime: 'At (empty: now)',
  noteWrite: 'Write the note',
  noteWritten: 'The note is written.',
  answering: (text) => `An answer to “${text}”`,
  correcting: (text) => `In place of “${text}”`,
  answer: 'Answer',
  correct: 'Replace',
  corrected: 'replaced',
  authors: { host: 'host', operator: 'operator' },
  noteTimeWrong: 'That moment has not come yet.',
};
