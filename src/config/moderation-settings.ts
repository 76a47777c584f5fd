import { duration, setting, whole } from './setting.ts';

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
  reportsOpen: setting(
    {
      unit: 'reports, 20 to 100000',
      default: '1000',
      change: 'restart',
      reason:
        'How many reports about posts and profiles may wait to be decided about at once. Beyond it new ones are refused with a word; those that wait stay, and the desk shows the oldest first. Each has up to 1,000 characters.',
    },
    whole(20, 100_000),
  ),
} as const;
