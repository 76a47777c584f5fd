/** What the program that decodes an image is told, as a line of JSON before its bytes. */
export interface WorkerOrder {
  /** How it is turned, 1 to 8. */
  readonly orientation: number;
  /** As it will be once it is turned, by its own words. */
  readonly width: number;
  readonly height: number;
  /** The forms to make, the largest first. */
  readonly sides: readonly number[];
  /** True: cut to a square. */
  readonly square: boolean;
}

/** What it answers, as a line of JSON before the files. */
export interface WorkerAnswer {
  readonly width: number;
  readonly height: number;
  readonly files: readonly { readonly side: number; readonly size: number }[];
}
