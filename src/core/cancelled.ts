/** The work was stopped because the user asked for it: not an error to show, and what was finished is kept. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';

  constructor() {
    super('Cancelled.');
  }
}
