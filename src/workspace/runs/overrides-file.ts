import { join } from 'node:path';
import * as z from 'zod';
import { verdicts } from '../../core/judge/verdict.ts';
import type { Problem } from '../../core/problem.ts';
import type { Override } from '../../core/evaluation/replies/overrides.ts';
import { openJsonLines, readJsonLines } from '../files/json-lines.ts';
import { runFiles } from './run-folder.ts';

const overrideSchema = z.looseObject({
  id: z.string(),
  condition: z.string(),
  strength: z.number(),
  reply: z.string(),
  verdict: z.enum(verdicts).nullable(),
});

/** People's verdicts on a run's replies, oldest first. Lines that are none are told of and left out. */
export async function readOverrides(run: string, report: (problem: Problem) => void): Promise<readonly Override[]> {
  const file = join(run, runFiles.overrides);
  const { rows, bad } = await readJsonLines(file, parseOverride);
  for (const line of bad) {
    report({
      severity: 'warning',
      file,
      line,
      message: 'This line is no verdict on a reply and is ignored.',
      fix: 'Remove it, or give the verdict again in the refusal report.',
    });
  }
  return rows;
}

export async function appendOverride(run: string, override: Override): Promise<void> {
  const lines = await openJsonLines(join(run, runFiles.overrides), parseOverride);
  try {
    await lines.append([override]);
  } finally {
    await lines.close();
  }
}

/** What came over a boundary as a person's verdict, or undefined for what is none. */
export function parseOverride(value: unknown): Override | undefined {
  return overrideSchema.safeParse(value).success ? (value as Override) : undefined;
}
