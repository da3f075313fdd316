import { join } from 'node:path';
import * as z from 'zod';
import type { FirstTokens } from '../../core/fit/first-token.ts';
import { HumanError } from '../../core/problem.ts';
import { readIfThere } from '../files/read-if-there.ts';
import { runFiles } from './run-folder.ts';
import { writeFileWhole } from '../files/write-file.ts';

const fileSchema = z.object({
  format: z.literal('alphasteer-first-tokens/1'),
  prior: z.number().min(0).max(1),
  shares: z.array(z.tuple([z.int().min(0), z.number().min(0).max(1)])),
});

export async function writeFirstTokens(run: string, { prior, shares }: FirstTokens): Promise<void> {
  const file: z.input<typeof fileSchema> = { format: 'alphasteer-first-tokens/1', prior, shares: [...shares] };
  await writeFileWhole(join(run, runFiles.firstTokens), `${JSON.stringify(file)}\n`);
}

/**
 * Nothing where the run has none: it was imported, or fitted by an earlier version.
 * @throws {HumanError} the file is damaged
 */
export async function readFirstTokens(run: string): Promise<FirstTokens | undefined> {
  const path = join(run, runFiles.firstTokens);
  const bytes = await readIfThere(path);
  if (bytes === undefined) return undefined;
  try {
    const { prior, shares } = fileSchema.parse(JSON.parse(bytes.toString()));
    return { prior, shares: new Map(shares) };
  } catch {
    throw new HumanError({
      file: path,
      message: 'The table of first tokens is damaged.',
      fix: 'Delete it, and replies come without this estimate; or fit again.',
    });
  }
}
