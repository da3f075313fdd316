import type { Problem } from '../../problem.ts';
import { lineStarts, placeAt } from '../../formats/lines.ts';
import { ownText } from './own-text.ts';
import { labels, type Label, type Prompt } from '../prompt.ts';
import { readCsv } from './read-csv.ts';
import { readJson, readJsonLines } from './read-json.ts';
import { readTurns } from './read-turns.ts';
import { readTxt } from './read-txt.ts';
import type { Fault, FileRow, FileRows, Value } from './file-row.ts';
import type { Turn } from '../turn.ts';
import { uniqueIds } from './unique-ids.ts';

/** What an entry of `alphasteer.json` says of its files. */
export interface PromptFileOptions {
  /** The label of every row, whatever the rows say. */
  readonly label?: Label | undefined;
  /** The field with the prompt, instead of the first of {@link promptFields} that a row has. */
  readonly promptField?: string | undefined;
  /** The field with the label, instead of `label`. */
  readonly labelField?: string | undefined;
}

export interface ParsedPromptFile {
  readonly prompts: readonly Prompt[];
  readonly problems: readonly Problem[];
}

/** Fields tried for the prompt, in this order. */
const promptFields = ['prompt', 'query', 'instruction', 'text', 'goal'] as const;

const readers = new Map<string, (text: string) => FileRows>([
  ['jsonl', readJsonLines],
  ['json', readJson],
  ['csv', readCsv],
  ['txt', readTxt],
]);

/** Whether a path ends like a prompt file: .jsonl, .json, .csv or .txt. */
export function isPromptFile(path: string): boolean {
  return readers.has(extension(path));
}

/**
 * The prompts of a file, in its order, each with the place of its text. The label is the entry's, else the row's, else
 * the one the file's name starts with. A row that can't be used is an error with its place; rows after it go on. What
 * is odd but usable is a warning. Never throws.
 */
export function parsePromptFile(path: string, text: string, options: PromptFileOptions = {}): ParsedPromptFile {
  const bom = text.startsWith('\uFEFF');
  // A blank takes the mark's place, so that offsets stay those of the file and no format's reader has to know of it.
  const body = bom ? ` ${text.slice(1)}` : text;
  const starts = lineStarts(body);
  const problem = ({ offset, severity, message, fix }: Fault): Problem => ({
    severity,
    file: path,
    ...placeAt(starts, offset, bom),
    message,
    fix,
  });

  const read = readers.get(extension(path));
  if (read === undefined) {
    const message = 'This is no prompt file: its name ends in none of .jsonl, .json, .csv and .txt.';
    return { prompts: [], problems: [problem(error(0, message, 'Rename it, or leave it out of "files".'))] };
  }
  if (looksLikeUtf16(body)) {
    const message = 'This file is full of NUL characters, as UTF-16 text is when it is read as UTF-8.';
    return { prompts: [], problems: [problem(error(0, message, 'Save it as UTF-8.'))] };
  }

  const { rows, faults } = read(body);
  const found: Fault[] = [...faults];
  const prompts: Prompt[] = [];
  const unlabelled: FileRow[] = [];
  const nameLabel = labelOfName(path);
  for (const row of rows) {
    const prompt = promptValue(row, options, found);
    if (prompt === undefined) continue;
    const label = labelOfRow(row, options, nameLabel, found);
    if (label === 'none') unlabelled.push(row);
    if (label === 'none' || label === 'bad') continue;
    const { line, column } = placeAt(starts, prompt.offset, bom);
    const id = fieldText(row, 'id', found) ?? `${path}:${line}`;
    // Assigned to and not spread into: a literal with spreads keeps room for four more fields, 32 bytes a prompt.
    const required: Prompt = { id, text: wellFormed(prompt, found), label, file: path, line, column };
    const given: Partial<Prompt> = {
      ...(prompt.earlier.length > 0 && { earlier: prompt.earlier }),
      ...optional('attack', fieldText(row, 'attack', found)),
      ...optional('goal', fieldText(row, 'goal', found)),
      ...optional('category', fieldText(row, 'category', found)),
      ...optional('template', fieldText(row, 'template', found)),
    };
    prompts.push(Object.assign(required, given));
  }
  if (unlabelled.length > 0) found.push(unlabelledFault(unlabelled, starts));
  if (rows.length === 0 && found.length === 0)
    found.push(error(0, 'There are no prompts in this file.', 'Add some, or leave the file out of "files".'));

  const { prompts: unique, problems } = uniqueIds(prompts);
  const all = [...found.map(problem), ...problems];
  all.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
  return { prompts: unique, problems: all };
}

/** The prompt and the chat before it. A row with `messages` has both there, unless the prompt's field is named. */
function promptValue(row: FileRow, options: PromptFileOptions, faults: Fault[]): PromptText | undefined {
  const messages = row.values.get('messages');
  if (messages !== undefined && options.promptField === undefined) {
    const { offset, value } = messages;
    const chat = readTurns(value);
    if (typeof chat === 'string') {
      const fix = 'Write it as [{"role": "user", "content": "..."}, ...], with a user\'s message at the end.';
      faults.push(error(offset, chat, fix));
      return undefined;
    }
    const earlier = chat.earlier.map(({ role, content }) => ({
      role,
      content: wellFormed({ value: content, offset }, faults),
    }));
    return { value: chat.prompt, offset, earlier };
  }
  const prompt = textValue(row, options, faults);
  if (prompt === undefined) return undefined;
  const system = fieldText(row, 'system', faults);
  const { offset } = row.values.get('system') ?? prompt;
  return {
    ...prompt,
    earlier: system === undefined ? [] : [{ role: 'system', content: wellFormed({ value: system, offset }, faults) }],
  };
}

function textValue(row: FileRow, { promptField }: PromptFileOptions, faults: Fault[]): TextValue | undefined {
  const name =
    promptField ??
    promptFields.find((field) => typeof row.values.get(field)?.value === 'string') ??
    promptFields.find((field) => row.values.has(field));
  const value = row.text ?? (name === undefined ? undefined : row.values.get(name));
  if (value === undefined) {
    const has = row.values.size === 0 ? 'no fields' : `the fields ${[...row.values.keys()].slice(0, 8).join(', ')}`;
    const wanted = promptField === undefined ? `one of messages, ${promptFields.join(', ')}` : `"${promptField}"`;
    const message = `This row has no prompt: ${wanted} was looked for, and it has ${has}.`;
    faults.push(error(row.offset, message, 'Name the field as "promptField" in alphasteer.json.'));
    return undefined;
  }
  if (typeof value.value !== 'string') {
    const message = `The prompt is ${value.value === null ? 'null' : `of type ${typeof value.value}`}, not text.`;
    faults.push(error(value.offset, message, 'Write it as text, or name another field as "promptField".'));
    return undefined;
  }
  if (value.value.trim() === '') {
    faults.push(error(value.offset, 'The prompt is empty.', 'Write one, or take the row out.'));
    return undefined;
  }
  return { value: value.value, offset: value.offset };
}

interface TextValue extends Value {
  readonly value: string;
}

interface PromptText extends TextValue {
  readonly earlier: readonly Turn[];
}

/** The text with every lone surrogate as U+FFFD, which is what a tokenizer would make of it; odd characters are flagged. */
function wellFormed({ value, offset }: TextValue, faults: Fault[]): string {
  const lone = /\p{Surrogate}/u.test(value);
  if (lone)
    faults.push(
      warning(offset, 'The prompt holds half of a surrogate pair; it is read as U+FFFD.', 'Write the whole character.'),
    );
  if (value.includes('\0'))
    faults.push(warning(offset, 'The prompt holds a NUL character; it is kept.', 'Take it out if it is not meant.'));
  if (value.includes('\uFFFD'))
    faults.push(
      warning(offset, 'The prompt holds U+FFFD, which stands for bytes that are not UTF-8.', 'Save the file as UTF-8.'),
    );
  return ownText(lone ? value.replace(/\p{Surrogate}/gu, '\uFFFD') : value);
}

function labelOfRow(
  row: FileRow,
  { label, labelField = 'label' }: PromptFileOptions,
  nameLabel: Label | undefined,
  faults: Fault[],
): Label | 'none' | 'bad' {
  if (label !== undefined) return label;
  const given = row.values.get(labelField);
  const empty = given === undefined || given.value === null || given.value === '';
  if (empty) return nameLabel ?? 'none';
  const found = typeof given.value === 'string' ? labelOf(given.value) : undefined;
  if (found !== undefined) return found;
  const message = `${JSON.stringify(given.value)} is no label.`;
  faults.push(error(given.offset, message, `Use ${labels.slice(0, -1).join(', ')} or ${labels.at(-1)!}.`));
  return 'bad';
}

function labelOf(text: string): Label | undefined {
  const wanted = text.trim().toLowerCase();
  return labels.find((label) => label === wanted);
}

function labelOfName(path: string): Label | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return labels.find((label) => name.startsWith(label));
}

/** One fault for all rows of a file without a label: a file is labelled whole or not at all, and fifty thousand faults help nobody. */
function unlabelledFault(rows: readonly FileRow[], starts: readonly number[]): Fault {
  const first = rows[0]!;
  const lines = rows.slice(0, 5).map((row) => placeAt(starts, row.offset).line);
  const which =
    rows.length === 1
      ? 'This row has'
      : `${rows.length} rows of this file (lines ${lines.join(', ')}${rows.length > 5 ? ', ...' : ''}) have`;
  return error(
    first.offset,
    `${which} no label.`,
    `Add a "label" field (${labels.join(', ')}), set "label" for the file in alphasteer.json, or start the file's name with the label.`,
  );
}

/** A field as text: numbers and booleans are written out, anything else but null is flagged and ignored. */
function fieldText(row: FileRow, field: string, faults: Fault[]): string | undefined {
  const found = row.values.get(field);
  if (found === undefined || found.value === null || found.value === '') return undefined;
  if (typeof found.value === 'string') return ownText(found.value);
  if (typeof found.value === 'number' || typeof found.value === 'boolean') return String(found.value);
  faults.push(warning(found.offset, `"${field}" is not text and is ignored.`, 'Write it as text.'));
  return undefined;
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, string>>);
}

function looksLikeUtf16(text: string): boolean {
  const sample = text.slice(0, 4000);
  return sample.split('\0').length - 1 > sample.length / 4;
}

function extension(path: string): string {
  return /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
}

function error(offset: number, message: string, fix: string): Fault {
  return { offset, severity: 'error', message, fix };
}

function warning(offset: number, message: string, fix: string): Fault {
  return { offset, severity: 'warning', message, fix };
}
