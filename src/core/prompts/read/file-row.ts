/** A value of a row and the offset in the file at which its text starts (inside the quotes, where there are any). */
export interface Value {
  readonly value: unknown;
  readonly offset: number;
}

/** A row as the reader of a format hands it over. A bare string (a line of a .txt, a string in a JSON array) has only `text`. */
export interface FileRow {
  readonly offset: number;
  readonly text?: Value;
  readonly values: ReadonlyMap<string, Value>;
}

/** What is wrong at an offset; the file's name and the line are added later. */
export interface Fault {
  readonly offset: number;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly fix: string;
}

/** Of two fields with one name the last counts, as in JSON; which was meant, nobody can tell. */
export function twiceFault(name: string, offset: number): Fault {
  return {
    offset,
    severity: 'warning',
    message: `The field "${name}" stands twice; the last one counts.`,
    fix: 'Take one of them out.',
  };
}

export interface FileRows {
  readonly rows: readonly FileRow[];
  readonly faults: readonly Fault[];
}

/** Every row without named values shares this. */
export const noValues: ReadonlyMap<string, Value> = new Map();
