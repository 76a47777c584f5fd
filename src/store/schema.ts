import type { AccountTables } from './tables/account.ts';
import type { ForecastTables } from './tables/forecast.ts';
import type { ImageTables } from './tables/image.ts';
import type { ModerationTables } from './tables/moderation.ts';
import type { NotificationTables } from './tables/notification.ts';
import type { ReminderTables } from './tables/reminder.ts';
import type { RepeatTables } from './tables/repeat.ts';
import type { RoomTables } from './tables/room.ts';
import type { RoomInvitationTables } from './tables/room-invitation.ts';
import type { SocialTables } from './tables/social.ts';

/** Every table, for Kysely. A part adds its own from a file of its own below `tables/`. */
export interface Schema
  extends RoomTables,
    RepeatTables,
    AccountTables,
    RoomInvitationTables,
    ModerationTables,
    SocialTables,
    ForecastTables,
    ReminderTables,
    ImageTables,
    NotificationTables {}

export type { RoomTable } from './tables/room.ts';
