import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { alphasteer, problemsOf } from '../alphasteer.ts';
import { tinyWorkspace } from '../tiny-workspace.ts';

/** What `fit` and `inspect` say, each in one line and with status 1, of a workspace whose model is broken by `damage`. */
function messageAbout(damage: (model: string) => void): string {
  const root = tinyWorkspace();
  damage(join(root, 'model'));
  const [fit, inspect] = [alphasteer('fit', root), alphasteer('inspect', '--workspace', root)];
  expect([fit.status, inspect.status]).toEqual([1, 1]);
  const [message, ...more] = problemsOf(fit);
  expect(more).toEqual([]);
  expect(problemsOf(inspect)).toEqual([message]);
  return message!.replaceAll(root, 'W');
}

test('a model folder without weights: what is missing, and where to get it', () => {
  const message = messageAbout((model) => {
    for (const name of ['model.onnx', 'model.onnx.data']) rmSync(join(model, name));
  });
  expect(message).toBe(
    'error: W/model: The model folder holds no ONNX weights (no model*.onnx, decoder_model_merged*.onnx, or decoder_model*.onnx with its decoder_with_past_model*.onnx, in it or in onnx/). Download the ONNX export of the model, or convert it, and put it under onnx/.',
  );
});

test('a graph whose weights lie in a file that is not there', () => {
  expect(messageAbout((model) => rmSync(join(model, 'model.onnx.data')))).toBe(
    "error: W/model/model.onnx.data: The model's weights are missing. Put model.onnx.data beside model.onnx; it was part of the same download.",
  );
});

// In a message of our own, with both sizes: onnxruntime would map the file and fall over later, or say it otherwise.
test('weights that are cut off, with both sizes', () => {
  expect(messageAbout((model) => truncateSync(join(model, 'model.onnx.data'), 349_951))).toBe(
    "error: W/model/model.onnx.data: The model's weights are cut off: 349951 of 349952 bytes are here. Download this file again.",
  );
});

test('a graph file that is cut off', () => {
  expect(messageAbout((model) => truncateSync(join(model, 'model.onnx'), 10_000))).toMatch(
    /^error: W\/model\/model\.onnx: This is not an ONNX model \(10000 bytes; .*\)\. Download the model again/,
  );
});

test('an unknown graph, by name, with what was found in it', () => {
  const message = messageAbout((model) => {
    const file = join(model, 'model.onnx');
    const graph = readFileSync(file, 'latin1');
    writeFileSync(
      file,
      graph.replaceAll('SkipSimplifiedLayerNormalization', 'SkipImaginativeLayerNormalizatio'),
      'latin1',
    );
  });
  expect(message).toMatch(
    /^error: W\/model\/model\.onnx: The residual stream of this graph can't be mapped: .* Found 16 MatMul, 6 SkipImaginativeLayerNormalizatio, .* Use an export for text generation with a KV cache/,
  );
});

test('no tokenizer, or half of one', () => {
  for (const damage of [rmSync, (file: string) => truncateSync(file, 100)])
    expect(messageAbout((model) => damage(join(model, 'tokenizer.json')))).toMatch(
      /^error: W\/model: The tokenizer cannot be loaded: .*\. The folder needs tokenizer\.json and tokenizer_config\.json/,
    );
});

test.each<[string, unknown, string]>([
  ['no chat template', undefined, 'The model has no chat template, so it is not known how it expects a prompt.'],
  [
    'no generation prompt',
    "{% for message in messages %}<user> {{ message['content'] }}{% endfor %}",
    'The chat template adds no generation prompt: after the question comes "", which opens no reply.',
  ],
  [
    'control tokens that the tokenizer does not know',
    "{% for message in messages %}<human> {{ message['content'] }} {% endfor %}<bot>",
    'The chat template prints <human>, which the tokenizer does not know.',
  ],
])('a chat template that is of no use: %s', (_, template, words) => {
  const message = messageAbout((model) => {
    const file = join(model, 'tokenizer_config.json');
    const config = JSON.parse(readFileSync(file, 'utf8')) as object;
    writeFileSync(file, JSON.stringify({ ...config, chat_template: template }));
  });
  expect(message).toContain(words);
});
