import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSafetensors, type Safetensors } from '../../../src/core/formats/safetensors.ts';

const fixtures = join(import.meta.dirname, '../../fixtures/pytorch');

/** A row of `activations.json` or `replies.json`: a prompt of the quickstart's fit files. */
export interface PromptNumbers {
  readonly id: string;
  readonly label: string;
}

/** One of PyTorch's greedy replies. */
export interface ReplyNumbers {
  /** With the end token, if it came. */
  readonly ids: readonly number[];
  /** At each step, how far the second best logit was behind the best. */
  readonly lead: readonly number[];
  readonly text: string;
}

/** What each JSON file of test/fixtures/pytorch holds. */
interface Numbers {
  readonly activations: { readonly layers: number[]; readonly prompts: PromptNumbers[] };
  readonly replies: {
    readonly newTokens: number;
    readonly layers: number[];
    readonly strength: number;
    readonly prompts: (PromptNumbers & Readonly<Record<'base' | 'steered', ReplyNumbers>>)[];
  };
  /** `asText`: the ids when control tokens in the prompt are read as text; given where there are any. */
  readonly tokens: { readonly prompts: { id: string; prompt: string; ids: number[]; asText?: number[] }[] };
}

export function readNumbers<K extends keyof Numbers>(name: K): Numbers[K] {
  return JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')) as Numbers[K];
}

/** PyTorch's tensors: a safetensors file of test/fixtures/pytorch. */
export function readTensors(name: 'activations' | 'fit' | 'small-fit'): Safetensors {
  return readSafetensors(new Uint8Array(readFileSync(join(fixtures, `${name}.safetensors`))), name);
}
