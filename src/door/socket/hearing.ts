/** What one connection hears by files: kept with the connection. */
export interface FileHearing {
  /** The session, and its id: rows are used again. */
  row: number;
  low: number;
  high: number;
  /** The token that its playlist was asked for with. */
  token: string | undefined;
  /** Sound of answers that are not known to have arrived, ms; and of the last of them. */
  pending: number;
  last: number;
  /** Files with or about sound that were asked for. */
  asked: number;
}

/** Opens it for a connection. */
export const newFileHearing = (): FileHearing => ({
  ...{ row: -1, low: 0, high: 0, token: undefined, pending: 0, last: 0, asked: 0 },
});

/** The same where Node's server answers: by pieces, and of the recording as one file. */
export interface NodeHearing {
  readonly pieces: FileHearing;
  readonly recording: FileHearing;
}
