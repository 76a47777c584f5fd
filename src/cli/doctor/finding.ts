/** One result of `doctor`. */
export interface Finding {
  readonly what: string;
  readonly state: 'good' | 'notice' | 'bad';
  readonly found: string;
  /** What to change; absent when good. */
  readonly change?: string;
}
