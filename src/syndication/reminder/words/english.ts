/** What pages of reminders say. */
export const english = {
  title: 'Remind me',
  noRoom: 'There is no room at this address.',
  isOn: 'It is on now.',
  isOver: 'It is over.',
  calendarLead: 'Put it into your calendar: it reminds you ten minutes before.',
  calendar: 'Calendar entry',
  toRoom: 'To the room',
};

/** The same in every language. */
export type ReminderWords = typeof english;
