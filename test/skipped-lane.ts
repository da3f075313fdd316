/** Tests that could not be run on this machine, all for one reason. */
export interface SkippedLane {
  readonly lane: string;
  /** What is missing, and where it could come from. */
  readonly why: string;
  /** Their names. */
  readonly tests: readonly string[];
}
