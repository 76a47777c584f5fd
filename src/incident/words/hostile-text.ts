/** The hostile part of the requests and of the cost in words. */
export interface HostileText {
  readonly requests: string;
  readonly cost: string;
}
