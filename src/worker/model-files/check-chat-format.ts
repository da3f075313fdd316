import { HumanError } from '../../core/problem.ts';

/** How a model is spoken to. */
export interface ChatFormat {
  /** The model's folder, for messages. */
  readonly folder: string;
  /** The chat template, applied to one question, generation prompt added. */
  readonly render: (prompt: string) => string;
  readonly encode: (text: string) => readonly number[];
  /** The token for what the tokenizer doesn't know, where it has one. */
  readonly unknown: number | undefined;
  /** Texts of the tokens that end a reply; empty for one that the tokenizer does not have. */
  readonly ends: readonly string[];
}

const marker = 'Marker';

/**
 * What has to hold before prompts are worth encoding: a format that is off does not fail, it makes another model of it.
 * @throws {HumanError} the template leaves the prompt out, opens no reply, or prints what the tokenizer doesn't know
 */
export function checkChatFormat({ folder, render, encode, unknown, ...format }: ChatFormat): void {
  const fail = (message: string): never => {
    throw new HumanError({
      file: folder,
      message,
      fix: 'Use the chat (instruct) version of the model, with its own tokenizer_config.json and chat_template.jinja.',
    });
  };
  const ends = format.ends.filter((end) => end !== '');
  if (ends.length === 0) fail('It is not known which token ends a reply: eos_token_id is nowhere in the model folder.');
  const [before, after] = render(marker).split(marker);
  if (before === undefined || after === undefined) return fail('The chat template does not print the prompt.');
  const tail = after.trim();
  if (tail === '' || ends.some((end) => tail.endsWith(end)))
    fail(
      `The chat template adds no generation prompt: after the question comes ${JSON.stringify(after)}, which opens no reply.`,
    );
  const strange = `${before} ${after}`
    .split(/\s+/)
    .filter((word) => word !== '' && encode(word).includes(unknown ?? -1));
  if (strange.length > 0) fail(`The chat template prints ${strange.join(', ')}, which the tokenizer does not know.`);
}
