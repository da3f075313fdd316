import { percent } from '../../core/format.ts';
import { trustWords } from '../../core/report/words/trust-words.ts';
import type { AskResult, StreamedText } from '../../rpc/worker-api.ts';

/** Both replies, their verdicts, and the score and steering norm at each layer. */
export function askText({ strength, base, steered, distance, firstToken, layers }: AskResult): string {
  return [
    `base     ${base.verdict} (${base.rule})`,
    indented(base.reply),
    `steered  ${steered.verdict} (${steered.rule}), strength ${strength}`,
    indented(steered.reply),
    ...(firstToken === null
      ? []
      : [`refusal by the first token alone: base ${percent(firstToken.base)}, steered ${percent(firstToken.steered)}`]),
    trustWords(distance),
    ...layers.map(({ layer, score, spread, threshold, norm, relativeNorm }) => {
      const at = `layer ${layer}: score ${score.toFixed(3)}${spread === null ? '' : ` ± ${spread.toFixed(3)}`}`;
      return threshold !== null && score <= threshold
        ? `${at}, not above the threshold of ${threshold.toFixed(3)}: not steered`
        : `${at}, steering norm ${norm.toFixed(2)} (${(100 * relativeNorm).toFixed(1)} % of the activation)`;
    }),
  ].join('\n');
}

/** Shows the steered reply on a terminal while it is decoded. */
export function streamReplies(out: NodeJS.WriteStream): (text: StreamedText) => void {
  return ({ condition, text }) => {
    if (out.isTTY && condition === 'steered') out.write(printable(text));
  };
}

function indented(text: string): string {
  return printable(text)
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

/** A model's reply must not move the cursor or colour the terminal. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\uFFFD'); // eslint-disable-line no-control-regex
}
