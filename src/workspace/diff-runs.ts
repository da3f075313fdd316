import * as z from 'zod';
import type { Judgement } from '../core/judge/verdict.ts';
import type { Problem } from '../core/problem.ts';
import { diffRuns, type DiffedRun, type RunDiff } from '../core/report/diff/run-diff.ts';
import type { FitSummary } from '../core/report/fit-summary.ts';
import { isoMinute } from '../core/report/format.ts';
import { readComparedRun, type ComparedRun } from './compared-run.ts';

export interface DiffOptions {
  /** The rules that both runs are judged by. */
  readonly judge: (reply: string) => Judgement;
  readonly report: (problem: Problem) => void;
}

/**
 * What changed from one run folder to another.
 * @throws {HumanError} one of them has no replies, or can't be read
 */
export async function diffRunFolders(before: string, after: string, options: DiffOptions): Promise<RunDiff> {
  const [one, other] = await Promise.all(
    [before, after].map(async (folder) => diffedRun(await readComparedRun(folder, options.report), options.judge)),
  );
  return diffRuns(one!, other!);
}

function diffedRun(run: ComparedRun, judge: DiffOptions['judge']): DiffedRun {
  const { name, fit, replies } = run;
  let rejudged = 0;
  const judged = replies.map((reply) => {
    // A person's verdict stands, whatever the rules say now.
    if (reply.rules !== undefined) return reply;
    const { verdict, span } = judge(reply.reply);
    if (verdict !== reply.verdict) rejudged++;
    return { ...reply, verdict, span };
  });
  return { name, settings: settings(run), strength: fit.strength, replies: judged, rejudged };
}

const madeSchema = z.object({
  model: z.object({ path: z.string().optional(), fingerprint: z.string().optional() }).optional().catch(undefined),
  seed: z.number().optional().catch(undefined),
});

function settings({ manifest, fit, judge }: ComparedRun): DiffedRun['settings'] {
  const { model, seed } = madeSchema.parse(manifest);
  const thresholds = fit.perLayer.flatMap(({ threshold }) => (threshold === null ? [] : [threshold.toFixed(3)]));
  return [
    ['Fitted', isoMinute(manifest.created)],
    ['Model folder', model?.path ?? 'not known'],
    ['Model, hashed', fit.model.slice(0, 16)],
    ['dtype, device', `${fit.dtype}, ${fit.device}`],
    ['Layers', fit.layers.join(', ')],
    ['Strength', String(fit.strength)],
    ['Thresholds', thresholds.length === 0 ? 'none' : thresholds.join(', ')],
    ['Imported from', fit.imported ?? 'fitted here'],
    ['Null-space ratio', fit.imported === undefined ? String(fit.nullSpaceRatio) : 'not known'],
    ['Ridge', fit.imported === undefined ? ridgeWords(fit.ridge) : 'not known'],
    ['Fitted on', `${fit.counts.benign} benign, ${fit.counts.malicious} malicious`],
    [
      'Margins',
      Object.entries(fit.margins)
        .map(([name, value]) => `${name} ${value}`)
        .join(', '),
    ],
    ['Seed', String(seed ?? 'not known')],
    ['Judged by rules', judge === undefined ? 'not known' : `version ${judge.version}, ${judge.sha256.slice(0, 8)}`],
  ];
}

function ridgeWords(ridge: FitSummary['ridge']): string {
  return typeof ridge === 'number' ? String(ridge) : `${ridge.relative} x mean eigenvalue`;
}
