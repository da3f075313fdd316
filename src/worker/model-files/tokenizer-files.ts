import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import * as z from 'zod';
import { readIfThere } from '../../workspace/files/read-if-there.ts';

const token = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)]);

/** The tokens that a chat template may write by their names. */
const named = z.object({
  bos_token: token.nullish(),
  eos_token: token.nullish(),
  unk_token: token.nullish(),
  sep_token: token.nullish(),
  pad_token: token.nullish(),
  cls_token: token.nullish(),
  mask_token: token.nullish(),
});
const templateSchema = z.union([
  z.string(),
  z
    .array(z.object({ name: z.string(), template: z.string() }))
    .transform((all) => all.find(({ name }) => name === 'default')?.template),
]);
const configSchema = named.extend({ chat_template: templateSchema.nullish() });
const jsonSchema = z.looseObject({ added_tokens: z.array(z.looseObject({ special: z.boolean() })).default([]) });

/** A model's tokenizer as its two files describe it. */
export interface TokenizerFiles {
  readonly tokenizer: Tokenizer;
  /** The same, to which control tokens are text like any other. */
  readonly withoutSpecialTokens: () => Tokenizer;
  readonly specialTokens: readonly string[];
  /** The named tokens that the model has. */
  readonly named: Readonly<Partial<Record<keyof z.infer<typeof named>, string>>>;
  /** The chat template: that of chat_template.jinja, else the one or the one named `default` in tokenizer_config.json, as transformers chooses. */
  readonly template: string | undefined;
}

/**
 * Reads tokenizer.json, tokenizer_config.json and chat_template.jinja, by Hugging Face's tokenizers as transformers.js does for every chat model.
 * Importing all of that one took half of the worker's start.
 */
export async function readTokenizerFiles(folder: string): Promise<TokenizerFiles> {
  const json = jsonSchema.parse(await readJson(join(folder, 'tokenizer.json')));
  const raw = await readJson(join(folder, 'tokenizer_config.json'));
  const { chat_template, ...tokens } = configSchema.parse(raw);
  const file = await readIfThere(join(folder, 'chat_template.jinja'));
  const tokenizer = new Tokenizer(json, raw as object);
  const special = [...tokenizer.get_added_tokens_decoder().values()].filter((added) => added.special);
  return {
    tokenizer,
    withoutSpecialTokens: () =>
      new Tokenizer({ ...json, added_tokens: json.added_tokens.filter((added) => !added.special) }, raw as object),
    specialTokens: [...new Set(special.map(({ content }) => content))].filter((content) => content !== ''),
    named: Object.fromEntries(Object.entries(tokens).filter(([, content]) => content)),
    template: file?.toString('utf8') ?? chat_template ?? undefined,
  };
}

async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8'));
}
