/** The texts of the card with the room's numbers and notes; figures are named by `src/words`. */
export interface RoomNotesWords {
  readonly title: string;
  readonly same: string;
  readonly publicPage: string;
  readonly nothing: string;
  readonly away: string;
  band(low: string, high: string): string;
  gross(gross: string): string;
  readonly leftOut: string;
  readonly late: string;
  lateBy(minutes: number): string;
  lateSoFar(minutes: number): string;
  readonly silence: string;
  silences(times: number): string;
  silentNow(cause: string): string;
  readonly notes: string;
  readonly notesHint: string;
  readonly noteLabel: string;
  readonly noteExample: string;
  readonly noteTime: string;
  readonly noteWrite: string;
  readonly noteWritten: string;
  answering(text: string): string;
  correcting(text: string): string;
  readonly answer: string;
  readonly correct: string;
  readonly corrected: string;
  readonly authors: Readonly<Record<string, string>>;
  readonly noteTimeWrong: string;
}
