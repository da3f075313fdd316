import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { configSchema } from '../../../src/core/config.ts';
import { read } from './markdown.ts';

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly required?: readonly string[];
  readonly default?: unknown;
  readonly description?: string;
}

interface Key {
  readonly path: string;
  readonly default: string;
  readonly description: string;
}

/** Every key of a schema: `fit.layers`, and `prompts.fit[].files` of the objects in a list. */
function keysOf(schema: Schema, path = ''): Key[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    const key = path === '' ? name : `${path}.${name}`;
    const text = schema.required?.includes(name) === true ? 'required' : defaultOf(value);
    return [{ path: key, default: text, description: value.description ?? '' }, ...keysOf(value, key)];
  });
  const ofItems = schema.items === undefined ? [] : keysOf(schema.items, `${path}[]`);
  return [...own, ...ofItems, ...(schema.anyOf ?? []).flatMap((one) => keysOf(one, path))];
}

function defaultOf({ default: value }: Schema): string {
  return value === undefined ? 'none' : JSON.stringify(value);
}

interface Row {
  readonly key: string;
  readonly default: string;
  readonly meaning: string;
}

/** The rows of the tables under a heading whose first cell is code, with the names in it. */
function rowsUnder(heading: string, columns: { readonly default?: number; readonly meaning: number }): Row[] {
  const [, section = ''] = read('docs/configuration.md').split(new RegExp(`^## ${heading}$`, 'm'));
  return section
    .split(/^## /m)[0]!
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
      const plain = (cell = ''): string => cell.replaceAll('`', '').replaceAll('\\|', '|');
      return {
        key: plain(cells[1]).split(/[ =]/)[0]!,
        default: columns.default === undefined ? '' : plain(cells[columns.default]).replaceAll(' ', ''),
        meaning: plain(cells[columns.meaning]),
      };
    });
}

test('docs/configuration.md has every key of alphasteer.json, its default and what it means, and no other key', () => {
  const keys = keysOf(z.toJSONSchema(configSchema, { io: 'input' }) as Schema);
  const rows = rowsUnder('alphasteer\\.json', { default: 3, meaning: 4 }).filter(({ default: text }) => text !== '');
  expect(rows.map(({ key }) => key)).toEqual(keys.map(({ path }) => path));
  expect(rows.map((row) => `${row.key}: ${row.default}`)).toEqual(keys.map((key) => `${key.path}: ${key.default}`));
  for (const [i, { path, description }] of keys.entries()) {
    const meaning = path.startsWith('prompts.evaluate[]') ? /^As prompts\.fit\[\]\./ : description;
    expect(rows[i]!.meaning, path).toMatch(meaning);
  }
});

test('docs/configuration.md has every setting of VS Code with its default, and no other', () => {
  const manifest = JSON.parse(read('package.json')) as {
    contributes: { configuration: { properties: Record<string, { default: unknown }> } };
  };
  const settings = Object.entries(manifest.contributes.configuration.properties);
  const rows = rowsUnder('VS Code', { default: 3, meaning: 4 });
  expect(rows.map((row) => [row.key, row.default])).toEqual(
    settings.map(([name, about]) => [name, JSON.stringify(about.default)]),
  );
});

test('docs/configuration.md has every option of the command line, and no other', () => {
  const sources = readdirSync('src/cli', { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const text = sources.map((name) => read(join('src', 'cli', name))).join('\n');
  const options = new Set([...text.matchAll(/(?:ption\(\s*)'(--[a-z-]+)/g)].map(([, name]) => name!));
  expect(options.size).toBeGreaterThan(20);
  const documented = new Set(rowsUnder('Command line', { meaning: 3 }).map(({ key }) => key));
  expect([...documented].sort()).toEqual([...options].sort());
});
