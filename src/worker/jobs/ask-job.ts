import { steeringNorm } from '../../core/alphasteer.ts';
import { refusalChance } from '../../core/fit/first-token.ts';
import { norm } from '../../core/linalg/inner-product.ts';
import { HumanError, type Problem } from '../../core/problem.ts';
import type { Prompt } from '../../core/prompts/prompt.ts';
import type { AskParams, AskResult } from '../../rpc/worker-api.ts';
import { readFirstTokens } from '../../workspace/runs/first-tokens-file.ts';
import { loadJudge } from '../../workspace/load-judge.ts';
import { loadConfig } from '../../workspace/load-workspace.ts';
import { findRun } from '../../workspace/runs/run-folder.ts';
import type { RawReply } from '../session/raw-reply.ts';
import { encodePrompts } from '../model/encode-prompts.ts';
import type { Job } from '../job.ts';
import { judgedReply } from '../compare/judged-reply.ts';
import { modelSettings, type ModelShelf } from '../model/loaded-model.ts';
import { readTrustMeasure, trustOf } from '../fit/trust-file.ts';
import { readSteering } from '../fit/steering-file.ts';

/**
 * `alphasteer ask`: base and steered reply to one prompt, streamed, a token of each in turn. Not as two rows of one batch: the
 * kernels for a single row take a quarter of the time of those for two.
 */
export async function askJob(params: AskParams, shelf: ModelShelf, job: Job): Promise<AskResult> {
  const { config } = await loadConfig(params.workspace, job.problem);
  const { judge } = await loadJudge(params.workspace, config, job.problem);
  const run = await findRun(params.workspace, params.run);
  const model = await shelf.model(modelSettings(params.workspace, config, params), job);
  const steering = await readSteering(run, model);
  const measure = await readTrustMeasure(run);
  const firstTokens = await readFirstTokens(run);
  const maxNewTokens = params.maxNewTokens ?? config.evaluate.maxNewTokens;
  const prompt: Prompt = { ...params.question, id: 'prompt', label: 'benign', file: 'prompt', line: 1, column: 1 };
  const problems: Problem[] = [];
  const [encoded] = encodePrompts(model, [prompt], maxNewTokens, (problem) => problems.push(problem));
  if (!encoded) throw new HumanError(problems[0]!);
  problems.forEach(job.problem);
  const chat = await shelf.chat(model, steering.layers, steering.layers);
  chat.setSteering(steering);
  const strength = params.strength ?? steering.strength;
  const conditions = ['base', 'steered'] as const;
  const chances = { base: 0, steered: 0 };
  const replyAs = async (condition: (typeof conditions)[number]): Promise<RawReply> => {
    const tokens: number[] = [];
    let shown = '';
    const [reply] = await chat.reply(
      [{ ids: encoded.ids, strength: condition === 'base' ? 0 : strength }],
      {
        maxNewTokens,
        endTokens: model.tokenizer.endTokens,
        alone: true,
        onFirstLogits: (_, logits) => {
          if (firstTokens === undefined) return;
          chances[condition] = refusalChance(logits, firstTokens);
          job.text({ condition, text: '', firstToken: chances[condition] });
        },
        onToken: (_, token) => {
          tokens.push(token);
          const text = model.tokenizer.decode(tokens);
          // Half of a character is shown when its other half has come.
          if (text.endsWith('\uFFFD')) return;
          job.text({ condition, text: text.slice(shown.length) });
          shown = text;
        },
      },
      job,
    );
    return reply!;
  };
  const replies = await Promise.all(conditions.map(replyAs));
  const [base, steered] = replies.map((reply) => judgedReply(reply, model.tokenizer, judge));
  const trust = measure && trustOf(encoded.ids, replies[0]!.taps, measure);
  const d = model.hiddenSize;
  return {
    run,
    strength,
    base: base!,
    steered: steered!,
    distance: trust?.distance ?? null,
    firstToken: firstTokens === undefined ? null : chances,
    layers: steering.layers.map((layer, k) => {
      const score = replies[1]!.scores[k]!;
      const threshold = steering.thresholds[k]!;
      const length = steeringNorm(score, strength, norm(steering.r.subarray(k * d, (k + 1) * d)), threshold);
      return {
        layer,
        score,
        spread: trust?.scoreSpread[k] ?? null,
        threshold: Number.isFinite(threshold) ? threshold : null,
        norm: length,
        relativeNorm: length / replies[1]!.norms[k]!,
      };
    }),
  };
}
