import { version } from '../../version.ts';
import { visibleControls } from '../html/escape-html.ts';

/** What the README of a steered model tells. */
export interface SteeredModel {
  /** Id on the hub, or name of the model's folder. */
  readonly base: string;
  /** As `config.json` calls it. */
  readonly architecture: string;
  readonly dtype: string;
  /** SHA-256 over the base model's graph, weights, tokenizer and configuration. */
  readonly fingerprint: string;
  readonly modelLayers: number;
  readonly hiddenSize: number;
  /** Name of the run that the steering is from. */
  readonly run: string;
  readonly strength: number;
  /** The steered ones, counted from 0; a threshold of -Infinity steers every prompt. */
  readonly layers: readonly { readonly layer: number; readonly threshold: number }[];
}

/** The README of a folder that `export --to onnx` wrote, as Markdown: what the model is, what it does, what it does not. */
export function steeredModelReadme(model: SteeredModel): string {
  const { base, architecture, dtype, fingerprint, modelLayers, hiddenSize, run, strength } = model;
  return `# A steered model

This folder holds a chat model with refusal steering inside its graph. AlphaSteer ${version} wrote it. It opens as any other
model in this layout, and needs no AlphaSteer to run.

## Where it comes from

| | |
|---|---|
| Base model | ${code(base)} (${code(architecture)}, ${modelLayers} layers, ${hiddenSize} dimensions, ${code(dtype)}) |
| Fingerprint of the base model | ${code(fingerprint)}: SHA-256 over its graph, weights, tokenizer and configuration |
| Run with the steering | ${code(run)} |
| Strength | ${strength}: positive is more refusal |

| Steered layer, from 0 | Steers a prompt whose score is above |
|---|---|
${model.layers.map(({ layer, threshold }) => `| ${layer} | ${thresholdText(threshold)} |`).join('\n')}

The weights are those of the base model, byte for byte; only the graph was changed. The steering is a part of the graph.

## What the graph does

- Prefill: a block of tokens is a prompt when its \`attention_mask\` is as long as the block, so that nothing is past. At each
  steered layer the graph computes the score of the prompt's last token, h · w. Where the score is above the threshold, it
  adds strength · score · r to h at every position of the prompt. h is the residual stream that enters the layer.
- Decode: a block that follows a past is not steered. The reply changes through the steered prompt in the KV cache.

The method: Sheng et al., "AlphaSteer: Learning Refusal Steering with Principled Null-Space Constraint",
[arXiv:2506.07022](https://arxiv.org/abs/2506.07022). The vectors w and r of each layer were made by this method or imported
as such; the run says which.

## Limits

- A further turn on a kept cache is not steered: give the whole chat anew.
- The strength, the layers and the thresholds are fixed in the graph. To change them, export again.
- It was measured, if at all, on the prompts of the run: see the run's report. Steering fails on some jailbreaks and refuses
  some harmless prompts. It is no replacement for other safeguards.
- The run belongs to the base model with the fingerprint above. Other weights, another dtype or another tokenizer need
  a fit of their own.

## Licence

The licence of the base model goes for this model too. AlphaSteer did not read it: look it up where the base model comes from.
Files of the base model's folder that state a licence lie beside this file, and its README is \`README.base-model.md\`, where
there were any.
`;
}

function thresholdText(threshold: number): string {
  return threshold === -Infinity ? 'any number: every prompt is steered' : String(threshold);
}

/** A name that someone else chose, as code in a table of Markdown: it can end neither the code nor the cell. */
function code(text: string): string {
  return `\`${visibleControls(text).replace(/[`|\n\t]/g, ' ')}\``;
}
