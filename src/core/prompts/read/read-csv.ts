import { twiceFault, type Fault, type FileRow, type FileRows, type Value } from './file-row.ts';

/** One field: its text without quotes and doubled quotes, and the offset of its first character, inside the quotes. */
interface Field {
  readonly text: string;
  readonly offset: number;
}

interface Record {
  readonly offset: number;
  readonly fields: readonly Field[];
  readonly fault?: Fault;
}

/**
 * CSV as in RFC 4180, with a header row. The separator is the first of comma, semicolon and tab in the header line.
 * Blank lines are skipped. A row that is malformed, or has more or fewer fields than the header, is a fault and the
 * rows after it go on. (csv-parse has no place for a field, and its recovery drops rows; it is the oracle of the tests.)
 */
export function readCsv(text: string): FileRows {
  const rows: FileRow[] = [];
  const faults: Fault[] = [];
  const separator = /[,;\t]/.exec(/^[^\r\n]*/.exec(text.trimStart())?.[0] ?? '')?.[0] ?? ',';
  let header: readonly string[] | undefined;
  for (const { offset, fields, fault } of records(text, separator)) {
    if (fault) {
      faults.push(fault);
    } else if (header === undefined) {
      header = fields.map((field) => field.text.trim());
      for (const [i, name] of header.entries())
        if (name !== '' && header.indexOf(name) < i) faults.push(twiceFault(name, fields[i]!.offset));
    } else if (fields.length === header.length) {
      rows.push({ offset, values: namedValues(header, fields) });
    } else {
      faults.push({
        offset,
        severity: 'error',
        message: `This row has ${counted(fields.length, 'field')}, and the header has ${header.length}.`,
        fix: `Put a field that holds "${separator === '\t' ? 'a tab' : separator}", a quote or a line break in double quotes.`,
      });
    }
  }
  return { rows, faults };
}

function namedValues(header: readonly string[], fields: readonly Field[]): Map<string, Value> {
  const values = new Map<string, Value>();
  fields.forEach(({ text, offset }, i) => values.set(header[i]!, { value: text, offset }));
  return values;
}

function counted(n: number, noun: string): string {
  return `${n} ${noun}${n === 1 ? '' : 's'}`;
}

/** The records of a CSV text, blank lines left out. One pass: a quote that is never closed can occur only once in a text. */
function* records(text: string, separator: string): Generator<Record> {
  let at = 0;
  while (at < text.length) {
    const start = at;
    const fields: Field[] = [];
    let fault: Fault | undefined;
    for (;;) {
      if (text[at] === '"') {
        const close = closingQuote(text, at + 1);
        if (close === -1) {
          fault = quoteFault(at, 'This quote is never closed.', 'Close it, or double it to mean a quote.');
          break;
        }
        fields.push({ text: text.slice(at + 1, close).replaceAll('""', '"'), offset: at + 1 });
        at = close + 1;
        if (at < text.length && text[at] !== separator && !isBreak(text, at)) {
          fault = quoteFault(at, 'There is text after the closing quote of a field.', 'Double a quote inside a field.');
          break;
        }
      } else {
        const from = at;
        while (at < text.length && text[at] !== separator && !isBreak(text, at)) at++;
        fields.push({ text: text.slice(from, at), offset: from });
      }
      if (text[at] !== separator) break;
      at++;
    }
    if (fault) while (at < text.length && !isBreak(text, at)) at++;
    const blank = fields.length === 1 && fields[0]!.offset === start && fields[0]!.text.trim() === '';
    if (fault) yield { offset: start, fields, fault };
    else if (!blank) yield { offset: start, fields };
    at += text.startsWith('\r\n', at) ? 2 : 1;
  }
}

function closingQuote(text: string, from: number): number {
  for (let at = text.indexOf('"', from); at !== -1; at = text.indexOf('"', at + 2)) if (text[at + 1] !== '"') return at;
  return -1;
}

function isBreak(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return unit === 10 || unit === 13;
}

function quoteFault(offset: number, message: string, fix: string): Fault {
  return { offset, severity: 'error', message, fix };
}
