import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ControlCondition } from '../../../core/controls/controls.ts';
import { refusingSystemPrompt, withRefusingSystemPrompt } from '../../../core/controls/system-prompt.ts';
import { judgeVersion } from '../../../core/judge/judge.ts';
import type { AddProduct } from '../../../core/linalg/product.ts';
import type { Judgement } from '../../../core/judge/verdict.ts';
import type { JudgeIdentity } from '../../../core/evaluation/data/judge-facts.ts';
import type { Fitted } from '../../../core/evaluation/data/run-fit.ts';
import { makeFolder } from '../../../workspace/files/make-folder.ts';
import { runFiles } from '../../../workspace/runs/run-folder.ts';
import type { PromptRow } from '../../session/chat-session.ts';
import type { Chat } from '../../lanes/laned-chat.ts';
import { encodePrompts, type Encoded } from '../../model/encode-prompts.ts';
import type { Job } from '../../job.ts';
import type { Model } from '../../model/model.ts';
import { shortHash } from '../../model-files/short-hash.ts';
import type { Steering } from '../../fit/steering-file.ts';
import { tryStrengths, type Tried } from '../../fit/try-strengths.ts';
import { readControl, writeControl } from './control-file.ts';
import { controlSteering } from './control-steering.ts';
import type { FittedControl } from './fitted-control.ts';
import type { FittedPrompts } from './fitted-prompts.ts';
import { isOpen } from './is-open.ts';

/** Strengths tried: down to the paper's as well as the fit's, as a push on every prompt costs more than one on a few. */
const strengths = [0.1, 0.25, 0.5, 1, 2, 4];
/** Raised when a control comes out otherwise from the same fit: files of earlier versions are then made again. */
const version = 1;

/** What controls are fitted with. */
export interface ControlContext {
  readonly model: Model;
  readonly chat: Chat;
  readonly addProduct: AddProduct;
  readonly job: Job;
  readonly judge: (reply: string) => Judgement;
}

/**
 * Fits the controls of a run, each at its own best strength on the choose split under the fit's benign budget; those that
 * the run folder already has are read. A kill loses the one that is being fitted.
 */
export async function fitControls(
  conditions: readonly ControlCondition[],
  { run, steering, fitted, rules }: { run: string; steering: Steering; fitted: Fitted; rules: JudgeIdentity },
  prompts: FittedPrompts,
  context: ControlContext,
): Promise<FittedControl[]> {
  const folder = join(run, runFiles.controls);
  await makeFolder(folder);
  const file = await readFile(join(run, runFiles.steering));
  const controls: FittedControl[] = [];
  for (const [at, condition] of conditions.entries()) {
    context.job.progress({ phase: 'Controls', done: at, total: conditions.length, unit: 'controls' });
    await context.job.checkpoint();
    const system = condition.control === 'system-prompt' ? refusingSystemPrompt : undefined;
    const settings = [strengths, prompts.settings, judgeVersion, rules.sha256, system];
    const recipe = shortHash([version, condition, settings, file.toString('base64')]);
    const path = join(folder, `${condition.condition}.safetensors`);
    const known = await readControl(path, recipe, context.model);
    const control = known ?? (await fitControl(condition, { steering, fitted, recipe }, prompts, context));
    if (known === undefined) await writeControl(path, control, context.model);
    controls.push(control);
  }
  return controls;
}

/** What a control's strength is put into. */
export function controlRow(
  { ids }: Pick<Encoded, 'ids'>,
  push: FittedControl['chosen']['push'],
  strength: number,
): PromptRow {
  switch (push) {
    case 'score':
      return { ids, strength };
    case 'constant':
      return { ids, strength: 0, constant: strength };
    case 'none':
      return { ids, strength: 0 };
  }
}

async function fitControl(
  condition: ControlCondition,
  { steering, fitted, recipe }: { steering: Steering; fitted: Fitted; recipe: string },
  prompts: FittedPrompts,
  context: ControlContext,
): Promise<FittedControl> {
  const { model, chat } = context;
  const solved = await controlSteering(condition, steering, fitted, prompts, context.addProduct);
  const isSystemPrompt = condition.control === 'system-prompt';
  const asked = new Map(prompts.choose.map((prompt) => [prompt.hash, prompt.ids]));
  if (isSystemPrompt) {
    const texts = prompts.choose.map(({ prompt }) => withRefusingSystemPrompt(prompt));
    const withSystem = encodePrompts(model, texts, prompts.settings.labelTokens, () => undefined);
    const idsOf = new Map(withSystem.map(({ prompt, ids }) => [prompt.id, ids]));
    for (const { hash, prompt } of prompts.choose) {
      const ids = idsOf.get(prompt.id);
      if (ids === undefined) asked.delete(hash);
      else asked.set(hash, ids);
    }
  }
  const tried: Tried[] = [];
  for (const row of prompts.choose.filter(({ hash }) => asked.has(hash))) {
    tried.push({
      row,
      label: row.prompt.label,
      base: prompts.verdicts.get(row.hash),
      open: await isOpen(solved, row, prompts),
    });
  }
  chat.setSteering(solved);
  const { points, withinBudget } = await tryStrengths(
    isSystemPrompt ? [1] : strengths,
    tried,
    {
      openPart: solved.actsOn,
      row: ({ hash }, strength) => controlRow({ ids: asked.get(hash)! }, solved.push, strength),
      affordableOnly: true,
    },
    prompts.settings,
    context,
  );
  const { strength } = points.find(({ chosen }) => chosen)!;
  const { layers, w, r, thresholds, push, actsOn } = solved;
  const { control, condition: name } = condition;
  return {
    chosen: { condition: name, control, push, strength, actsOn, withinBudget, strengths: points },
    steering: { layers, w, r, thresholds, strength },
    recipe,
  };
}
