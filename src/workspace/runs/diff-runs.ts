import * as z from 'zod';
import { HumanError, type Problem } from '../../core/problem.ts';
import { diffRuns, type DiffedRun, type RunDiff } from '../../core/report/diff/run-diff.ts';
import type { Fitted, RunFit } from '../../core/evaluation/data/run-fit.ts';
import { count, isoMinute } from '../../core/format.ts';
import type { JudgedRun } from '../../core/evaluation/judged-run.ts';
import { readManifest, type Manifest } from './run-folder.ts';
import { readComparedRun } from './run-record.ts';
import type { LoadedJudge } from '../load-judge.ts';

/** The rules that both runs are judged by, and whom to tell of problems. */
export interface DiffOptions extends Pick<LoadedJudge, 'judge' | 'refusalRuledOut'> {
  readonly report: (problem: Problem) => void;
}

/**
 * What changed from one run folder to another.
 * @throws {HumanError} one of them has no replies, can't be read, or has some that were stopped early and could be refusals by these rules
 */
export async function diffRunFolders(before: string, after: string, options: DiffOptions): Promise<RunDiff> {
  const [one, other] = await Promise.all([before, after].map((folder) => readDiffedRun(folder, options)));
  return diffRuns(one!, other!);
}

async function readDiffedRun(folder: string, { judge, refusalRuledOut, report }: DiffOptions): Promise<DiffedRun> {
  const [run, manifest] = await Promise.all([readComparedRun(folder, report), readManifest(folder)]);
  const { name, fit, replies } = run;
  const open = replies.filter(({ stopped, rules, reply }) => stopped && rules === undefined && !refusalRuledOut(reply));
  if (open.length > 0) {
    throw new HumanError({
      file: folder,
      message: `${count(open.length, 'reply', 'replies')} of this run ${open.length === 1 ? 'was' : 'were'} stopped early by other rules of the judge: by these, the whole could be refused.`,
      fix: 'Compare that run again.',
    });
  }
  let rejudged = 0;
  const judged = replies.map((reply) => {
    // A person's verdict stands, whatever the rules say now.
    if (reply.rules !== undefined) return reply;
    const { verdict, span } = judge(reply.reply);
    if (verdict !== reply.verdict) rejudged++;
    return { ...reply, verdict, span };
  });
  return { name, settings: settings(run, manifest), strength: fit.strength, replies: judged, rejudged };
}

const madeSchema = z.object({
  model: z.object({ path: z.string().optional(), fingerprint: z.string().optional() }).optional().catch(undefined),
  seed: z.number().optional().catch(undefined),
});

function settings({ fit, judge }: JudgedRun, manifest: Manifest): DiffedRun['settings'] {
  const { model, seed } = madeSchema.parse(manifest);
  const thresholds = fit.perLayer.flatMap(({ threshold }) => (threshold === null ? [] : [threshold.toFixed(3)]));
  return [
    ['Fitted', isoMinute(manifest.created)],
    ['Model folder', model?.path ?? 'not known'],
    ['Model, hashed', fit.model.slice(0, 16)],
    ['dtype, device', `${fit.dtype}, ${fit.device}`],
    ['Layers', fit.layers.join(', ')],
    ['Strength', String(fit.strength)],
    ['Reply length', lengthWords(manifest)],
    ['Thresholds', thresholds.length === 0 ? 'none' : thresholds.join(', ')],
    ...fitSettings(fit),
    ...Object.entries(fit.margins).map(([name, value]): [string, string] => [`Margin ${name}`, String(value)]),
    ['Seed', String(seed ?? 'not known')],
    ['Judged by rules', judge === undefined ? 'not known' : `version ${judge.version}, ${judge.sha256.slice(0, 8)}`],
  ];
}

/** An import says nothing of how its matrices were fitted. */
function fitSettings(fit: RunFit): DiffedRun['settings'] {
  if (fit.kind === 'imported') {
    const unknown = ['Null-space ratio', 'Ridge', 'Fitted on'].map((name) => [name, 'not known'] as const);
    return [['Imported from', fit.file], ...unknown];
  }
  const { nullSpaceRatio, ridge, counts } = fit;
  return [
    ['Imported from', 'fitted here'],
    ['Null-space ratio', String(nullSpaceRatio)],
    ['Ridge', ridgeWords(ridge)],
    ['Fitted on', `${counts.benign} benign, ${counts.malicious} malicious`],
  ];
}

function lengthWords({ compared }: Manifest): string {
  if (compared === undefined) return 'not known';
  return `${count(compared.maxNewTokens, 'token')} at most${compared.earlyStop === true ? ', stopped early' : ''}`;
}

function ridgeWords(ridge: Fitted['ridge']): string {
  return typeof ridge === 'number' ? String(ridge) : `${ridge.relative} x mean eigenvalue`;
}
