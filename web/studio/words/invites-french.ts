import type { invitesEnglish } from './invites-english.ts';

/** The studio's texts about inviting people by their account, in French. */
export const invitesFrench: typeof invitesEnglish = {
  title: 'Inviter un compte',
  who: 'Adresse de courriel ou nom de son compte',
  as: 'Comme',
  roles: { guest: 'invité', speaker: 'intervenant', 'co-host': 'co-hôte' },
  invite: 'Inviter',
  invited: (who) => `\u2068${who}\u2069 est invité, si ce compte existe.`,
  status: { open: 'sans réponse', accepted: 'accepté', declined: 'refusé', expired: 'expiré' },
  takeBack: 'Retirer',
  takenBack: 'Retiré.',
  hint: 'L’invitation figure sur la page de son compte et part par courriel. Rien ne dit si le compte existe avant qu’elle soit acceptée. Sans compte, il faut un lien.',
};
