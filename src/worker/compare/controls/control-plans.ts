import type { ControlFits } from '../../../core/controls/control-fit.ts';
import type { ControlCondition } from '../../../core/controls/controls.ts';
import { refusingSystemPrompt, withRefusingSystemPrompt } from '../../../core/controls/system-prompt.ts';
import type { Judgement } from '../../../core/judge/verdict.ts';
import type { JudgeIdentity } from '../../../core/evaluation/data/judge-facts.ts';
import { HumanError } from '../../../core/problem.ts';
import type { Fitted } from '../../../core/evaluation/data/run-fit.ts';
import type { Workspace } from '../../../workspace/load-workspace.ts';
import type { Manifest } from '../../../workspace/runs/run-folder.ts';
import type { PromptRow } from '../../session/chat-session.ts';
import { encodePrompts, type Encoded } from '../../model/encode-prompts.ts';
import type { Job } from '../../job.ts';
import type { Model } from '../../model/model.ts';
import type { ModelShelf } from '../../model/loaded-model.ts';
import { ProductSession } from '../../session/product-session.ts';
import type { Steering } from '../../fit/steering-file.ts';
import { controlRow, fitControls } from './fit-controls.ts';
import type { FittedControl } from './fitted-control.ts';
import { openFittedPrompts } from './fitted-prompts.ts';
import { isOpen } from './is-open.ts';

/** A fitted control, and what it does to the prompts of a comparison. */
export interface ControlPlan {
  readonly control: FittedControl;
  /** What replies to a prompt; null where it replies as base does, to the bit. A prompt that does not fit with a system prompt is missing. */
  readonly rows: ReadonlyMap</* id */ string, PromptRow | null>;
}

export interface ControlPlans {
  readonly budget: ControlFits['budget'];
  readonly plans: readonly ControlPlan[];
}

/**
 * Fits the controls and looks at the prompts of the comparison: which of them each control acts on.
 *
 * @throws {HumanError} the workspace's prompts are not those of the fit any more
 */
export async function controlPlans(
  wanted: readonly ControlCondition[],
  compared: readonly Encoded[],
  {
    run,
    maxNewTokens,
    ...fit
  }: {
    run: string;
    workspace: Workspace;
    manifest: Manifest;
    steering: Steering;
    fitted: Fitted;
    maxNewTokens: number;
    rules: JudgeIdentity;
  },
  { model, shelf, job, judge }: { model: Model; shelf: ModelShelf; job: Job; judge: (reply: string) => Judgement },
): Promise<ControlPlans> {
  const conditions = wanted.filter(({ control }) => control !== 'system-prompt' || takesSystemPrompt(model, job));
  const { steering, fitted, rules } = fit;
  const layersTried = fitted.perLayer.map(({ layer }) => layer);
  const chat = await shelf.batchChat(model, steering.layers, layersTried);
  const context = { model, chat, job, judge };
  const prompts = await openFittedPrompts({ ...fit, file: run }, context);
  let products: ProductSession | undefined;
  try {
    products = await ProductSession.open(model.threads);
    const { addProduct } = products;
    const controls = await fitControls(conditions, { run, steering, fitted, rules }, prompts, {
      ...context,
      addProduct,
    });
    await prompts.extract(compared);
    const plans: ControlPlan[] = [];
    for (const control of controls) {
      const rows =
        control.chosen.push === 'none'
          ? encodePrompts(
              model,
              compared.map(({ prompt }) => withRefusingSystemPrompt(prompt)),
              maxNewTokens,
              job.problem,
            )
          : compared;
      const asked = new Map<string, PromptRow | null>();
      for (const row of rows) {
        const acts = await isOpen(control.steering, row, prompts);
        asked.set(row.prompt.id, acts ? controlRow(row, control.chosen.push, control.chosen.strength) : null);
      }
      plans.push({ control, rows: asked });
    }
    return { budget: prompts.settings.benignBudget, plans };
  } finally {
    await prompts.close();
    await products?.release();
  }
}

function takesSystemPrompt(model: Model, job: Job): boolean {
  try {
    model.tokenizer.encode('Hello', [{ role: 'system', content: refusingSystemPrompt }]);
    return true;
  } catch (error) {
    if (!(error instanceof HumanError)) throw error;
    job.problem({ ...error.problem, severity: 'warning' });
    return false;
  }
}
