import { join } from 'node:path';
import * as z from 'zod';
import type { JudgeFacts } from '../../core/evaluation/data/judge-facts.ts';
import { readMade } from '../files/read-made.ts';
import { runFiles } from './run-folder.ts';

/** What is known of the judge by its form alone: this program wrote it. */
const schema = z.looseObject({ version: z.number(), sha256: z.string(), measure: z.looseObject({}) });

/** Which rules judged a run's replies, and their errors; undefined for a run that was not compared, or of before judges were measured. */
export async function readJudgeFacts(folder: string): Promise<JudgeFacts | undefined> {
  const value = await readMade(join(folder, runFiles.judge));
  return schema.safeParse(value).success ? (value as JudgeFacts) : undefined;
}
