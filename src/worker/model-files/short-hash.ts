import { createHash } from 'node:crypto';

/** 16 hex digits that stand for a JSON value. */
export function shortHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

/** The same for the array [...head, [...items]], head not empty, whose items are taken one at a time: of all prompts of a fit it is 80 bytes each. */
export function shortHashOfAll(head: readonly unknown[], items: Iterable<unknown>): string {
  const hash = createHash('sha256').update(`${JSON.stringify(head).slice(0, -1)},[`);
  let separator = '';
  for (const item of items) {
    hash.update(separator + JSON.stringify(item));
    separator = ',';
  }
  return hash.update(']]').digest('hex').slice(0, 16);
}
