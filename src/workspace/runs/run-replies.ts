import { join } from 'node:path';
import * as z from 'zod';
import { verdicts } from '../../core/judge/verdict.ts';
import type { Problem } from '../../core/problem.ts';
import { labels } from '../../core/prompts/prompt.ts';
import { roles } from '../../core/prompts/turn.ts';
import type { Reply } from '../../core/evaluation/data/summary.ts';
import { readJsonLines } from '../files/json-lines.ts';
import { runFiles } from './run-folder.ts';

const replySchema = z.looseObject({
  id: z.string(),
  label: z.enum(labels),
  attack: z.string().optional(),
  template: z.string().optional(),
  goal: z.string().optional(),
  set: z.enum(['evaluate', 'held-out-goals']),
  condition: z.string(),
  strength: z.number(),
  prompt: z.string(),
  earlier: z.array(z.object({ role: z.enum(roles), content: z.string() })).optional(),
  reply: z.string(),
  tokens: z.number(),
  verdict: z.enum(verdicts),
  span: z.tuple([z.number(), z.number()]).nullable(),
  rule: z.string().optional(),
  // Null stands for what is not finite, which JSON has no number for: a model's numbers may grow beyond its own.
  scores: z.array(z.number().nullable()),
  activationNorms: z.array(z.number().nullable()),
  untouched: z.boolean().optional(),
  stopped: z.boolean().optional(),
  recipe: z.string().optional(),
  file: z.string(),
  line: z.number(),
});

/** A line of `replies.jsonl`, or undefined for what is none. */
export function parseReply(value: unknown): Reply | undefined {
  const read = replySchema.safeParse(value).data;
  if (read === undefined) return undefined;
  const { scores, activationNorms } = read;
  if (![...scores, ...activationNorms].includes(null)) return value as Reply;
  return { ...(value as Reply), scores: scores.map(finiteOrNaN), activationNorms: activationNorms.map(finiteOrNaN) };
}

function finiteOrNaN(value: number | null): number {
  return value ?? NaN;
}

/**
 * The finished replies of a run, in the order they were made; also while it goes on. Lines that are no reply are told to
 * `report`, for what is said of the run is said without them.
 */
export async function readReplies(run: string, report: (problem: Problem) => void): Promise<readonly Reply[]> {
  const file = join(run, runFiles.replies);
  const { rows, bad } = await readJsonLines(file, parseReply);
  for (const line of bad) report(noReply(file, line));
  return rows;
}

/** A line of `replies.jsonl` that is none. */
export function noReply(file: string, line: number): Problem {
  return {
    severity: 'warning',
    file,
    line,
    message: 'This line is no reply and is ignored.',
    fix: 'Remove it if you did not write it.',
  };
}
