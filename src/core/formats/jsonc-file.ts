import {
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
  type Node,
  type ParseError,
} from 'jsonc-parser';
import * as z from 'zod';
import { didYouMean } from '../did-you-mean.ts';
import type { Problem } from '../problem.ts';
import { lineStarts, placeAt, type Place } from './lines.ts';

type Path = readonly (string | number)[];

export interface JsoncFile<T> {
  /** Null when there are problems. */
  readonly value: T | null;
  readonly problems: readonly Problem[];
  /** Where a value stands, `place(['fit', 'layers', 0])`, for problems found later; the nearest enclosing one that is there. */
  readonly place: (path: Path) => Place;
}

/**
 * A JSON file with comments and trailing commas, read by a schema. What is wrong comes back with line and column: a
 * wrong value at the value, an unknown key at the key (with the key that was probably meant), a missing one at the
 * object that lacks it. Never throws.
 */
export function parseJsoncFile<T extends z.ZodType>(text: string, file: string, schema: T): JsoncFile<z.output<T>> {
  const bom = text.startsWith('\uFEFF');
  const body = bom ? ` ${text.slice(1)}` : text;
  const starts = lineStarts(body);
  const at = (offset: number): Place => placeAt(starts, offset, bom);
  const problem = (offset: number, message: string, fix: string): Problem => ({
    severity: 'error',
    file,
    ...at(offset),
    message,
    fix,
  });

  const { tree, problems } = readTree(body, problem);
  const place = (path: Path): Place => at(tree === undefined ? 0 : nearest(tree, path).offset);
  if (tree === undefined || problems.length > 0) return { value: null, problems, place };

  const parsed = schema.safeParse(getNodeValue(tree));
  if (parsed.success) return { value: parsed.data, problems, place };
  const jsonSchema = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const found = parsed.error.issues.flatMap((issue) => {
    const path = issue.path.map((part) => (typeof part === 'symbol' ? part.toString() : part));
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => {
        const keys = keysAt(jsonSchema, path);
        const meant = didYouMean(key, keys);
        const fix = meant === undefined ? `Use ${listed(keys)}, or take it out.` : `Did you mean "${meant}"?`;
        return problem(keyOffset(tree, path, key), `There is no setting "${[...path, key].join('.')}".`, fix);
      });
    const name = path.length === 0 ? 'The file' : `"${path.join('.')}"`;
    const node = findNodeAtLocation(tree, path);
    const description = nearestDescription(jsonSchema, path);
    const about = description === undefined ? '' : ` ${description}`;
    if (node === undefined) return [problem(nearest(tree, path).offset, `${name} is missing.`, `Add it.${about}`)];
    const meant = issue.code === 'invalid_value' ? nearValue(getNodeValue(node), issue.values) : undefined;
    const reason = issue.message.replace(/^[\w ]+: (?=expected)/, '');
    const fix = meant === undefined ? `Correct it.${about}` : `Did you mean "${meant}"?`;
    return [problem(node.offset, `${name}: ${reason}.`, fix)];
  });
  return { value: null, problems: found, place };
}

function readTree(
  text: string,
  problem: (offset: number, message: string, fix: string) => Problem,
): { tree?: Node; problems: Problem[] } {
  const errors: ParseError[] = [];
  try {
    const tree = parseTree(text, errors, { allowTrailingComma: true });
    const problems = errors.map(({ error, offset }) => {
      const reason = printParseErrorCode(error).replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
      return problem(offset, `This is no JSON: ${reason.toLowerCase()}.`, 'Mend the syntax.');
    });
    if (tree === undefined) return { problems };
    const twice = namesTwice(tree).map(({ offset, value }) =>
      problem(offset, `"${String(value)}" stands twice here.`, 'Take one of the two out: only one can count.'),
    );
    return { tree, problems: [...problems, ...twice] };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // jsonc-parser recurses
    return { problems: [problem(0, 'This JSON is nested too deeply.', 'Mend the syntax.')] };
  }
}

/** Keys that their object has had before, in the order of the text. */
function namesTwice(node: Node): Node[] {
  const seen = new Set<unknown>();
  return (node.children ?? []).flatMap((child) => {
    const key = node.type === 'object' ? child.children?.[0] : undefined;
    const again = key !== undefined && seen.has(key.value) ? [key] : [];
    seen.add(key?.value);
    return [...again, ...namesTwice(child)];
  });
}

function nearest(tree: Node, path: Path): Node {
  for (let length = path.length; length > 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    if (node !== undefined) return node;
  }
  return tree;
}

function keyOffset(tree: Node, path: Path, key: string): number {
  const object = nearest(tree, path);
  const property = object.children?.find(({ children }) => children?.[0]?.value === key);
  return (property ?? object).offset;
}

type Schema = z.core.JSONSchema.BaseSchema;

/** The schema of a value, through objects, arrays and alternatives. */
function schemaAt(schema: Schema, path: Path): Schema | undefined {
  if (path.length === 0) return schema;
  const [key, ...rest] = path;
  const inside = typeof key === 'number' ? schema.items : schema.properties?.[String(key)];
  const found = typeof inside === 'object' && !Array.isArray(inside) ? schemaAt(inside, rest) : undefined;
  if (found !== undefined) return found;
  for (const option of schema.anyOf ?? []) {
    const there = typeof option === 'object' ? schemaAt(option, path) : undefined;
    if (there !== undefined) return there;
  }
  return undefined;
}

function nearestDescription(schema: Schema, path: Path): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const description = schemaAt(schema, path.slice(0, length))?.description;
    if (description !== undefined) return description;
  }
  return undefined;
}

function keysAt(schema: Schema, path: Path): string[] {
  return Object.keys(schemaAt(schema, path)?.properties ?? {});
}

function nearValue(value: unknown, allowed: readonly unknown[]): string | undefined {
  return typeof value === 'string'
    ? didYouMean(
        value,
        allowed.filter((one) => typeof one === 'string'),
      )
    : undefined;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)!}`;
}
