import type { Unit } from '../../wire/metrics.ts';

/**
 * Each unit has a shape of its own, so that unlike figures never look alike: events are ticks, sessions seats in rows,
 * people heads and shoulders, listens the sign for playing, seconds a bar. In a square of 48.
 */
const SHAPES: Readonly<Record<Unit, string>> = {
  events:
    '<path d="M6 10v28M14 10v28M22 10v28M30 10v28M38 10v28" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round"/>',
  sessions:
    '<g fill="currentColor"><circle cx="10" cy="14" r="4"/><circle cx="24" cy="14" r="4"/><circle cx="38" cy="14" r="4"/><circle cx="10" cy="26" r="4"/><circle cx="24" cy="26" r="4"/><circle cx="38" cy="26" r="4"/><circle cx="17" cy="38" r="4"/><circle cx="31" cy="38" r="4"/></g>',
  people:
    '<g fill="currentColor"><circle cx="17" cy="16" r="7"/><path d="M4 40a13 13 0 0 1 26 0z"/><circle cx="34" cy="19" r="5"/><path d="M32 40h13a10 10 0 0 0-14-9.5z"/></g>',
  listens: '<path d="M12 8l28 16-28 16z" fill="currentColor"/>',
  seconds: '<rect x="4" y="18" width="40" height="12" rx="6" fill="currentColor"/>',
};

/** The SVG shape that stands for a unit, drawn in a square of 48 by 48. */
export const unitShape = (unit: Unit): string => SHAPES[unit];
