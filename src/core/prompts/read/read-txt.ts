import { lineStarts } from '../../formats/lines.ts';
import { noValues, type FileRow, type FileRows } from './file-row.ts';

/**
 * Plain text: a prompt a line, without the blanks around it; blank lines are skipped. There are no comments: a prompt
 * may well start with `#`, and a line must not vanish without a word.
 */
export function readTxt(text: string): FileRows {
  const rows: FileRow[] = [];
  const starts = lineStarts(text);
  for (let i = 0; i < starts.length; i++) {
    const line = text.slice(starts[i], starts[i + 1] ?? text.length);
    const value = line.trim();
    if (value === '') continue;
    const offset = starts[i]! + line.indexOf(value);
    rows.push({ offset, text: { value, offset }, values: noValues });
  }
  return { rows, faults: [] };
}
