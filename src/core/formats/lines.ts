/** Line and column, both from 1, in UTF-16 units, as editors count them. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Offsets at which the lines of a text start: `\n`, `\r\n` and a lone `\r` end a line, as in an editor; U+2028 doesn't. */
export function lineStarts(text: string): number[] {
  const starts = [0];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 10 || (unit === 13 && text.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
  }
  return starts;
}

/** Where an offset stands, by binary search. A byte order mark at offset 0 takes no column: editors don't show it. */
export function placeAt(starts: readonly number[], offset: number, bom = false): Place {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (starts[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  const column = offset - starts[low]! + 1;
  return { line: low + 1, column: bom && low === 0 ? Math.max(1, column - 1) : column };
}
