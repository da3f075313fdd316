import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { seededRandom } from '../../src/core/prompts/split/seeded-random.ts';
import shippedRules from '../../src/core/judge/rules.json' with { type: 'json' };

const tinyModel = join(import.meta.dirname, '../fixtures/tiny-models/llama-fp32');

const vocabularySize = 192;
/** Longest prompt with its reply that the tiny model takes, in tokens. */
export const tinyContext = 64;
const controlTokens = ['<unk>', '<s>', '</s>', '<user>', '<bot>'];

const syllables = ['ba', 'ke', 'di', 'fo', 'gu', 'la', 'me', 'ri', 'po', 'ru', 'sa', 'te', 'vi', 'zo'];

/**
 * Words of the tiny model: every other one starts with "no". Its weights are random, so about half of its replies start
 * with such a word, which the workspace's judge takes for a refusal.
 */
function word(id: number): string {
  const syllable = (n: number): string => syllables[n % syllables.length]!;
  return controlTokens[id] ?? `${id % 2 ? 'no' : ''}${syllable(id)}${syllable(Math.floor(id / 14))}${syllable(5 * id)}`;
}

/** The values of `alphasteer.json` that a test changes. */
export interface TinyConfig {
  readonly fitFiles?: readonly string[];
  readonly fit?: object;
  readonly evaluate?: object;
}

/** A workspace of its own in a temporary folder, gone when the test ends: a model of 3 layers and 64 dimensions, its prompts and its judge. */
export function tinyWorkspace(config: TinyConfig = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'alphasteer-tiny-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  writeTinyWorkspace(root, 200, config);
  return root;
}

/** The same in a folder that is there, with so many prompts to fit on: three fifths benign, the rest harmful and jailbreaks. */
export function writeTinyWorkspace(root: string, prompts: number, config: TinyConfig = {}): void {
  writeModel(join(root, 'model'));
  writeConfig(root, config);
  writeJudge(root, ['no*']);
  writeFileSync(join(root, 'benign.jsonl'), promptLines('benign', (prompts * 3) / 5));
  writeFileSync(join(root, 'harmful.jsonl'), promptLines('harmful', prompts / 5));
  writeFileSync(join(root, 'jailbreak.jsonl'), promptLines('jailbreak', prompts / 5));
  writeFileSync(
    join(root, 'heldout.jsonl'),
    promptLines('benign', 12, 'heldout') + promptLines('harmful', 12, 'heldout'),
  );
}

export function writeConfig(
  root: string,
  { fitFiles = ['benign.jsonl', 'harmful.jsonl', 'jailbreak.jsonl'], fit, evaluate }: TinyConfig = {},
): void {
  const config = {
    model: 'model',
    dtype: 'fp32',
    device: 'cpu',
    prompts: {
      fit: fitFiles.map((files) => ({ files })),
      evaluate: [{ files: 'heldout.jsonl' }],
    },
    fit: { layers: [1, 2], strength: 1, labelTokens: 4, ...fit },
    evaluate: { maxNewTokens: 8, ...evaluate },
    judge: { rules: 'judge.json' },
  };
  writeFileSync(join(root, 'alphasteer.json'), JSON.stringify(config, null, 2));
}

/** A judge that also takes a reply for a refusal when a clause of it starts with one of `phrases`. */
export function writeJudge(root: string, phrases: readonly string[]): void {
  const rules = { ...shippedRules, refusals: [{ name: 'tiny', phrases }, ...shippedRules.refusals] };
  writeFileSync(join(root, 'judge.json'), JSON.stringify(rules));
}

/** `n` prompts of words at random, one JSON object a line, the same every time. */
export function promptLines(label: string, n: number, set = 'fit'): string {
  const random = seededRandom(Buffer.from(label + set).reduce((seed, byte) => (31 * seed + byte) >>> 0));
  const free = vocabularySize - controlTokens.length;
  return Array.from({ length: n }, (_, i) => {
    const words = Array.from({ length: 4 + Math.floor(random() * 8) }, () =>
      word(controlTokens.length + Math.floor(random() * free)),
    );
    return `${JSON.stringify({ id: `${set}-${label}-${i}`, prompt: words.join(' '), label })}\n`;
  }).join('');
}

function writeModel(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of ['model.onnx', 'model.onnx.data']) cpSync(join(tinyModel, name), join(folder, name));
  const json = (name: string, value: unknown): void => writeFileSync(join(folder, name), JSON.stringify(value));
  json('config.json', {
    model_type: 'llama',
    hidden_size: 64,
    num_hidden_layers: 3,
    num_attention_heads: 4,
    num_key_value_heads: 2,
    head_dim: 16,
    vocab_size: vocabularySize,
    max_position_embeddings: tinyContext,
    eos_token_id: 2,
  });
  json('tokenizer.json', {
    version: '1.0',
    added_tokens: controlTokens.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: 'Whitespace' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries(Array.from({ length: vocabularySize }, (_, id) => [word(id), id])),
      unk_token: '<unk>',
    },
  });
  json('tokenizer_config.json', {
    tokenizer_class: 'PreTrainedTokenizerFast',
    unk_token: '<unk>',
    bos_token: '<s>',
    eos_token: '</s>',
    additional_special_tokens: ['<user>', '<bot>'],
    chat_template:
      "{% for message in messages %}<user> {{ message['content'] }} {% endfor %}{% if add_generation_prompt %}<bot>{% endif %}",
  });
}

/** Lines of a file of one JSON value a line. */
export function readLines(file: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
