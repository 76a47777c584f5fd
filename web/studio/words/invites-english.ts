/** The studio's texts about inviting people by their account, in English. */
export const invitesEnglish = {
  title: 'Invite an account',
  who: 'E-mail address or name of their account',
  as: 'As',
  roles: { guest: 'guest', speaker: 'speaker', 'co-host': 'co-host' },
  invite: 'Invite',
  invited: (who: string) => `\u2068${who}\u2069 is invited, if there is such an account.`,
  status: { open: 'no answer yet', accepted: 'accepted', declined: 'declined', expired: 'expired' },
  takeBack: 'Take back',
  takenBack: 'Taken back.',
  hint: 'The invitation appears on the page of their account and is sent by e-mail. You are not told whether there is such an account until they accept. People without an account need a link.',
};
