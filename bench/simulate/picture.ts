import type { Evening } from './evening.ts';
export const picture = (_: Evening): string => '';
