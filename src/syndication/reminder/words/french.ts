import type { ReminderWords } from './english.ts';

/** The same in French. */
export const french: ReminderWords = {
  title: 'Me le rappeler',
  noRoom: 'Il n’y a pas de salle à cette adresse.',
  isOn: 'C’est en cours.',
  isOver: 'C’est terminé.',
  calendarLead: 'Mettez-la dans votre agenda : il vous le rappelle dix minutes avant.',
  calendar: 'Entrée d’agenda',
  toRoom: 'Vers la salle',
};
