/** How many machines a crowd takes, and what that costs. */
export { BOUNDS, MEASURED, type PlanFigures, type PlanWishes, plan, readWishes, spoken } from './capacity.ts';
