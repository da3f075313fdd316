import { join } from 'node:path';
import { configFileName } from '../../core/config-file-name.ts';
import { conditionsOf, type ControlCondition } from '../../core/controls/controls.ts';
import type { Fitted } from '../../core/evaluation/data/run-fit.ts';
import { HumanError, problemSentence, type Problem } from '../../core/problem.ts';
import type { CompareParams } from '../../rpc/worker-api.ts';
import { makeFolder } from '../../workspace/files/make-folder.ts';
import { loadJudge, type LoadedJudge } from '../../workspace/load-judge.ts';
import { loadWorkspace, type Workspace } from '../../workspace/load-workspace.ts';
import { readRunFit } from '../../workspace/runs/fit-file.ts';
import { marginProblems } from '../../workspace/runs/fixed-margins.ts';
import { findRun, readManifest, type Manifest } from '../../workspace/runs/run-folder.ts';
import { readSteering, type Steering } from '../fit/steering-file.ts';
import { readTrustMeasure, type TrustMeasure } from '../fit/trust-file.ts';
import type { Job } from '../job.ts';
import { modelSettings, type ModelShelf } from '../model/loaded-model.ts';
import type { Model } from '../model/model.ts';
import { comparedPrompts, type ComparedPrompts } from './compared-prompts.ts';
import { requireFitted } from './controls/require-fitted.ts';

/** What is compared, and how. */
export interface ComparisonInput extends ComparedPrompts {
  readonly workspace: Workspace;
  readonly judge: LoadedJudge;
  /** Folder of the run that steers. */
  readonly run: string;
  /** Folder of the replies and the report; the run's own unless another one is named. */
  readonly out: string;
  readonly manifest: Manifest;
  readonly model: Model;
  readonly steering: Steering;
  /** Undefined where the run can't tell which prompts to trust it on. */
  readonly trust: TrustMeasure | undefined;
  readonly strength: number;
  readonly maxNewTokens: number;
  readonly earlyStop: boolean;
  /** The controls wanted, and the fit that they are made from; undefined where none is. */
  readonly controls: { readonly wanted: readonly ControlCondition[]; readonly fitted: Fitted } | undefined;
  readonly marginWarnings: readonly string[];
}

/**
 * Reads the workspace, its judge and the run, and opens the model.
 * @throws {HumanError} one of them can't be used, or the run has no fit for the controls asked for
 */
export async function readComparison(params: CompareParams, shelf: ModelShelf, job: Job): Promise<ComparisonInput> {
  const workspace = await loadWorkspace(params.workspace, job.problem);
  workspace.problems.forEach(job.problem);
  const { root, config } = workspace;
  const place = (path: readonly string[]): Pick<Problem, 'file' | 'line' | 'column'> => ({
    file: join(root, configFileName),
    ...workspace.place(path),
  });
  const judge = await loadJudge(root, config, job.problem);
  const run = await findRun(params.workspace, params.run);
  const [manifest, fit] = await Promise.all([readManifest(run), readRunFit(run)]);
  const wanted = conditionsOf(params.controls ?? config.evaluate.controls);
  const asked = params.controls === undefined ? place(['evaluate', 'controls']) : { file: run };
  const controls = wanted.length === 0 ? undefined : { wanted, fitted: requireFitted(fit, asked) };
  const model = await shelf.model(modelSettings(params.workspace, config, params), job);
  const steering = await readSteering(run, model);
  const trust = await readTrustMeasure(run);
  const { margins, earlyStop } = config.evaluate;
  const changed = marginProblems(fit.margins, manifest.marginsHash, margins, place(['evaluate', 'margins']));
  changed.forEach(job.problem);
  const maxNewTokens = params.maxNewTokens ?? config.evaluate.maxNewTokens;
  requireOwnFolder(params);
  const about = { ...params, maxNewTokens };
  const compared = await comparedPrompts(workspace, manifest.heldOutGoals, about, { model, job });
  const out = params.out ?? run;
  await makeFolder(out);
  return {
    ...{ workspace, judge, run, out, manifest, model, steering, trust, maxNewTokens, earlyStop, controls },
    ...compared,
    strength: params.strength ?? steering.strength,
    marginWarnings: changed.map(problemSentence),
  };
}

function requireOwnFolder({ prompts, out }: CompareParams): void {
  if (prompts === undefined || out !== undefined) return;
  throw new HumanError({
    message: 'A comparison on other prompts needs a folder of its own.',
    fix: 'Name one with --out, so that the run keeps its own replies and report.',
  });
}
