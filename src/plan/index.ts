/** The number of machines for an audience, and their cost. */
export {
  BOUNDS,
  CORE_SHARE,
  MEASURED,
  type PlanFigures,
  type PlanWishes,
  plan,
  readWishes,
  spoken,
  WISHES,
} from './capacity.ts';
