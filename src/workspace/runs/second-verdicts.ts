import { join } from 'node:path';
import * as z from 'zod';
import { verdicts } from '../../core/judge/verdict.ts';
import type { SecondVerdict } from '../../core/evaluation/second-opinion.ts';
import { openJsonLines, readJsonLines, type JsonLines } from '../files/json-lines.ts';
import { runFiles } from './run-folder.ts';

const schema = z.object({
  judge: z.string(),
  id: z.string(),
  reply: z.string(),
  verdict: z.enum(verdicts).nullable(),
  answer: z.string(),
});

const parse = (value: unknown): SecondVerdict | undefined => schema.safeParse(value).data;

/** What other judges than the rules said of a run's replies, in the order they said it. */
export async function readSecondVerdicts(run: string): Promise<readonly SecondVerdict[]> {
  return (await readJsonLines(join(run, runFiles.secondVerdicts), parse)).rows;
}

export function openSecondVerdicts(run: string): Promise<JsonLines<SecondVerdict>> {
  return openJsonLines(join(run, runFiles.secondVerdicts), parse);
}
