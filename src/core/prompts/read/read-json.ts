import { getNodeValue, parseTree, printParseErrorCode, type Node, type ParseError } from 'jsonc-parser';
import { lineStarts } from '../../formats/lines.ts';
import { noValues, twiceFault, type Fault, type FileRow, type FileRows, type Value } from './file-row.ts';

/**
 * JSON Lines: an object or a string a line, blank lines skipped. A line that is no JSON is a fault at the character
 * where the syntax breaks; the other lines go on.
 */
export function readJsonLines(text: string): FileRows {
  const rows: FileRow[] = [];
  const faults: Fault[] = [];
  const starts = lineStarts(text);
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i]!;
    const line = text.slice(start, starts[i + 1] ?? text.length).trimEnd();
    if (line === '') continue;
    const { tree, errors } = parse(line, true);
    const error = errors[0];
    if (error) faults.push(syntaxFault(error, start, 'This line is no JSON object', 'Write one JSON object a line.'));
    else if (tree) addRow(tree, start, rows, faults);
  }
  return { rows, faults };
}

/**
 * JSON: an array of objects or strings, or an object with such an array as `prompts`; comments and trailing commas are
 * allowed. Where the syntax breaks inside an element, that element is left out and the others stay.
 */
export function readJson(text: string): FileRows {
  const rows: FileRow[] = [];
  const { tree, errors } = parse(text, false);
  const faults = errors.map((error) => syntaxFault(error, 0, 'The JSON is broken here', 'Mend the syntax.'));
  const list = tree?.type === 'object' ? valueNode(tree, 'prompts') : tree;
  if (list?.type !== 'array') {
    if (tree !== undefined && (list !== undefined || faults.length === 0))
      faults.push({
        offset: (list ?? tree).offset,
        severity: 'error',
        message: 'There is no list of prompts in this file.',
        fix: 'Make it an array of objects or strings, or an object with such an array named "prompts".',
      });
    return { rows, faults };
  }
  // Errors come in the order of the text, as elements do, so one pass over both is enough.
  let next = 0;
  for (const node of list.children ?? []) {
    while (next < errors.length && errors[next]!.offset < node.offset) next++;
    const broken = next < errors.length && errors[next]!.offset <= node.offset + node.length;
    if (!broken) addRow(node, 0, rows, faults);
  }
  return { rows, faults };
}

function addRow(node: Node, base: number, rows: FileRow[], faults: Fault[]): void {
  const offset = base + node.offset;
  if (node.type === 'string') {
    rows.push({ offset, text: { value: node.value, offset: offset + 1 }, values: noValues });
  } else if (node.type === 'object') {
    const values = new Map<string, Value>();
    for (const { children } of node.children ?? []) {
      const [key, value] = children ?? [];
      if (key === undefined || value === undefined) continue;
      const inside = value.type === 'string' ? 1 : 0;
      const name = String(key.value);
      if (values.has(name)) faults.push(twiceFault(name, base + key.offset));
      values.set(name, { value: getNodeValue(value), offset: base + value.offset + inside });
    }
    rows.push({ offset, values });
  } else {
    faults.push({
      offset,
      severity: 'error',
      message: `A row is an object or a string, and this one is ${node.type === 'array' ? 'an' : 'a'} ${node.type}.`,
      fix: 'Write it as {"prompt": "...", "label": "..."}.',
    });
  }
}

function valueNode(object: Node, key: string): Node | undefined {
  return object.children?.findLast(({ children }) => children?.[0]?.value === key)?.children?.[1];
}

interface SyntaxError {
  readonly offset: number;
  readonly reason: string;
}

function syntaxFault({ offset, reason }: SyntaxError, base: number, what: string, fix: string): Fault {
  return { offset: base + offset, severity: 'error', message: `${what}: ${reason}.`, fix };
}

/** The tree and every syntax error. jsonc-parser recurses, so text nested thousands deep runs it out of stack: one error then. */
function parse(text: string, strict: boolean): { tree: Node | undefined; errors: SyntaxError[] } {
  const errors: ParseError[] = [];
  try {
    const tree = parseTree(text, errors, { disallowComments: strict, allowTrailingComma: !strict });
    return {
      tree,
      errors: errors.map(({ error, offset }) => ({ offset, reason: inWords(printParseErrorCode(error)) })),
    };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { tree: undefined, errors: [{ offset: 0, reason: 'it is nested too deeply' }] };
  }
}

/** `CloseBraceExpected` as "close brace expected". */
function inWords(code: string): string {
  return code.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();
}
