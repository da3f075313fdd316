/**
 * What is wrong with a file or a model, for a person: what happened, where, and what to do about it.
 * Lines and columns count from 1, as editors show them.
 */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  /** What the reader can do, as an imperative sentence. */
  readonly fix: string;
}

/** `file:line:column: message Fix.`, the form terminals and editors turn into links. */
export function describeProblem({ file, line, column, ...problem }: Problem): string {
  const place = [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(':');
  return `${place === '' ? '' : `${place}: `}${problemSentence(problem)}`;
}

/** What happened and what to do, for where the place is shown beside it or there is none. */
export function problemSentence({ message, fix }: Pick<Problem, 'message' | 'fix'>): string {
  return `${message} ${fix}`;
}

/** The one family of errors meant for people: thrown deep, shown once, without a stack trace. */
export class HumanError extends Error {
  override readonly name = 'HumanError';
  readonly problem: Problem;

  constructor(problem: Omit<Problem, 'severity'>) {
    super(describeProblem({ severity: 'error', ...problem }));
    this.problem = { severity: 'error', ...problem };
  }
}
