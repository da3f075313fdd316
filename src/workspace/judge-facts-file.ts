import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { JudgeFacts } from '../core/report/judge-facts.ts';
import { runFiles } from './run-folder.ts';

/** What is known of the judge by its form alone: this program wrote it. */
const schema = z.looseObject({ version: z.number(), sha256: z.string(), measure: z.looseObject({}) });

/** Which rules judged a run's replies, and their errors; undefined for a run that was not compared, or of before judges were measured. */
export async function readJudgeFacts(folder: string): Promise<JudgeFacts | undefined> {
  const text = await readFile(join(folder, runFiles.judge), 'utf8').catch(() => '{}');
  const value: unknown = JSON.parse(text);
  return schema.safeParse(value).success ? (value as JudgeFacts) : undefined;
}
