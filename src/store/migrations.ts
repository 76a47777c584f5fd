import type { MigrationProvider } from 'kysely/migration';
import { accountSteps } from './tables/account.ts';
import { forecastSteps } from './tables/forecast.ts';
import { imageSteps } from './tables/image.ts';
import { moderationSteps } from './tables/moderation.ts';
import { notificationSteps } from './tables/notification.ts';
import { reminderSteps } from './tables/reminder.ts';
import { repeatSteps } from './tables/repeat.ts';
import { roomSteps } from './tables/room.ts';
import { roomInvitationSteps } from './tables/room-invitation.ts';
import { socialSteps } from './tables/social.ts';

/**
 * The steps that create the tables, in the order of their names. A released step is never edited; a change is a new
 * step with a higher number than all others of its part. Each file below `tables/` has the tables of one part and
 * their steps. Numbers: rooms 0001 to 0004, 0040 on and 0098, the API's own 0005 on, accounts 0010 on, the stage 0030 on,
 * moderation 0060 on and 0101, profiles and posts 0070 on, images 0082, reminders 0084,
 * forecasts 0086,
 * notifications 0092.
 */
const STEPS = {
  ...roomSteps,
  ...repeatSteps,
  ...accountSteps,
  ...roomInvitationSteps,
  ...moderationSteps,
  ...socialSteps,
  ...reminderSteps,
  ...imageSteps,
  ...forecastSteps,
  ...notificationSteps,
};

/** The steps in the form that Kysely's migrator needs. */
export const migrations: MigrationProvider = { getMigrations: async () => STEPS };
