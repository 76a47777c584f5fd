/** The number of machines for an audience, and their cost. */
export { BOUNDS, MEASURED, type PlanFigures, type PlanWishes, plan, readWishes, spoken } from './capacity.ts';
