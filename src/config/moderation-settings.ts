import { duration, setting } from './setting.ts';

/** The settings of moderation. */
export const moderationSettings = {
  reportsKeep: setting(
    {
      unit: 'duration, 1d to 3650d',
      default: '180d',
      change: 'restart',
      reason:
        'How long a report is kept after it was closed, so that whoever wrote it can see what became of it.',
    },
    duration('1d', '3650d'),
  ),
  auditKeep: setting(
    {
      unit: 'duration, 30d to 36500d',
      default: '730d',
      change: 'restart',
      reason:
        'How long the log of what moderators did is kept, and what was decided after it was taken back. Take a copy from /operate/audit.jsonl before.',
    },
    duration('30d', '36500d'),
  ),
} as const;
