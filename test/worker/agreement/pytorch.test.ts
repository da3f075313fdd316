import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dot, norm } from '../../../src/core/linalg/inner-product.ts';
import { spearman } from './spearman.ts';
import type { RawReply } from '../../../src/worker/session/raw-reply.ts';
import { openModel, type Model } from '../../../src/worker/model/model.ts';
import { openChatSession, openExtractionSession } from '../../../src/worker/session/model-session.ts';
import { Figures } from './figures.ts';
import { writeF32Model } from './f32-model.ts';
import { readNumbers, readTensors } from './pytorch-numbers.ts';
import { fitPrompts, quickstartModel, unwatched } from './quickstart.ts';

const d = 576;
const prompts = fitPrompts();
const activations = readNumbers('activations');
const replies = readNumbers('replies');
const fit = readTensors('fit').tensors;
const figures = new Figures();
const temporary = mkdtempSync(join(tmpdir(), 'alphasteer-agreement-'));

beforeAll(() => writeF32Model(quickstartModel, temporary));
afterAll(() => {
  figures.print();
  rmSync(temporary, { recursive: true });
});

describe.each([
  { dtype: 'f32', path: temporary },
  { dtype: 'int4', path: quickstartModel },
])("the quickstart's model in $dtype, against PyTorch in f32", ({ dtype, path }) => {
  let model: Model;
  beforeAll(async () => {
    model = await openModel({ path, dtype: undefined, device: 'cpu', threads: 2 });
  });
  const encode = ({ id }: { id: string }): readonly number[] => model.tokenizer.encode(prompts.get(id)!).ids;

  describe('activations at the last token of 64 prompts', () => {
    const { layers } = activations;
    const all = readTensors('activations').tensors['activations']!.data as Float32Array;
    const want = activations.prompts.map((_, row) => vectors(all, row));
    const got: Float32Array[][] = [];

    beforeAll(async () => {
      const session = await openExtractionSession(model, layers);
      const ids = activations.prompts.map(encode);
      for (const batch of session.batches(ids)) {
        const taps = await session.run(batch.map((row) => ids[row]!));
        batch.forEach((row, i) => (got[row] = vectors(taps[i]!, 0)));
      }
      await session.release();
    });

    test.each(layers.map((layer, at) => ({ layer, at })))(
      'layer $layer: within 1e-5 of their norm',
      ({ layer, at }) => {
        const errors = want.map((row, i) => norm(difference(got[i]![at]!, row[at]!)) / norm(row[at]!));
        figures.errors(`${dtype}, layer ${layer}: activations, relative error`, errors);
        expect(Math.max(...errors)).toBeLessThan(1e-5);
      },
    );

    test.each(replies.layers)(
      'layer %i: scores within 1 %% of the benign-malicious gap, in the same order',
      (layer) => {
        const w = fit[`layer.${layer}.w`]!.data as Float64Array;
        const at = layers.indexOf(layer);
        const [ours, theirs] = [got, want].map((rows) => rows.map((row) => dot(row[at]!, w)));
        const mean = (labels: string[]): number => {
          const of = theirs!.filter((_, i) => labels.includes(activations.prompts[i]!.label));
          return of.reduce((sum, s) => sum + s, 0) / of.length;
        };
        const gap = mean(['harmful', 'jailbreak']) - mean(['benign']);
        const errors = ours!.map((s, i) => Math.abs(s - theirs![i]!) / gap);
        const rank = spearman(ours!, theirs!);
        figures.errors(`${dtype}, layer ${layer}: scores, error in gaps`, errors);
        figures.add(`${dtype}, layer ${layer}: scores, rank correlation`, rank.toFixed(7));
        expect(gap).toBeGreaterThan(0.5);
        expect(Math.max(...errors)).toBeLessThan(0.01);
        expect(rank).toBeGreaterThanOrEqual(0.999);
      },
    );

    /** [layers][d] of a row of [rows, layers * d]. */
    function vectors(rows: Float32Array, row: number): Float32Array[] {
      return layers.map((_, i) => rows.subarray((row * layers.length + i) * d, (row * layers.length + i + 1) * d));
    }
  });

  describe('greedy replies', () => {
    const { layers, newTokens, strength } = replies;
    const conditions = ['base', 'steered'] as const;
    const made: Record<(typeof conditions)[number], (RawReply & { lead: number })[]> = { base: [], steered: [] };

    beforeAll(async () => {
      const session = await openChatSession(model, layers, layers);
      const all = (name: string): Float32Array =>
        Float32Array.from(layers.flatMap((layer) => [...(fit[`layer.${layer}.${name}`]!.data as Float64Array)]));
      session.setSteering({ w: all('w'), r: all('r'), thresholds: new Float32Array(layers.length).fill(-Infinity) });
      const rows = conditions.flatMap((condition) =>
        replies.prompts.map((row) => ({
          row,
          condition,
          ids: encode(row),
          strength: condition === 'base' ? 0 : strength,
        })),
      );
      const leads: number[] = [];
      const replied: RawReply[] = [];
      for (const batch of session.batches(rows, newTokens)) {
        const options = {
          maxNewTokens: newTokens,
          endTokens: model.tokenizer.endTokens,
          onFirstLogits: (i: number, logits: Float32Array) => (leads[batch[i]!] = lead(logits)),
        };
        const some = await session.reply(
          batch.map((i) => rows[i]!),
          options,
          unwatched,
        );
        batch.forEach((i, k) => (replied[i] = some[k]!));
      }
      await session.release();
      rows.forEach(({ condition }, i) => made[condition].push({ ...replied[i]!, lead: leads[i]! }));
    });

    test.each(conditions)('%s: token for token', (condition) => {
      const end = [...model.tokenizer.endTokens];
      const parted = replies.prompts.flatMap((row, i) => {
        const want = row[condition].ids.filter((id) => !end.includes(id));
        const { tokens } = made[condition][i]!;
        const at = tokens.findIndex((token, k) => token !== want[k]);
        return at < 0 && tokens.length === want.length ? [] : [{ id: row.id, at, lead: row[condition].lead[at] }];
      });
      const noise = replies.prompts.map((row, i) => Math.abs(made[condition][i]!.lead - row[condition].lead[0]!));
      const same = replies.prompts.length - parted.length;
      figures.errors(`${dtype}: ${condition}, lead of the first token, error in logits`, noise);
      figures.add(
        `${dtype}: ${condition} replies, same tokens`,
        `${same} of ${replies.prompts.length} ${JSON.stringify(parted)}`,
      );
      expect(parted).toEqual([]);
    });

    test('scores from the graph, in f32, are h · w of its own taps', () => {
      const errors = made.base.flatMap(({ scores, taps }) =>
        layers.map((layer, k) =>
          Math.abs(scores[k]! - dot(taps.subarray(k * d, (k + 1) * d), fit[`layer.${layer}.w`]!.data as Float64Array)),
        ),
      );
      figures.errors(`${dtype}: scores of the graph, error`, errors);
      expect(Math.max(...errors)).toBeLessThan(0.005);
    });
  });
});

function difference(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  return Array.from(a, (x, i) => x - b[i]!);
}

/** How far the second best logit is behind the best. */
function lead(logits: Float32Array): number {
  let [best, second] = [-Infinity, -Infinity];
  for (const x of logits) {
    if (x > best) [best, second] = [x, best];
    else if (x > second) second = x;
  }
  return best - second;
}
