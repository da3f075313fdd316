import { chatText } from '../chat-text.ts';
import { expectation, isAsExpected } from '../../evaluation/replies/expectation.ts';
import { latestReplies } from '../../evaluation/replies/latest-replies.ts';
import type { Reply } from '../../evaluation/data/summary.ts';

/** Without it Excel on Windows reads the file in the code page of the system; readers of CSV pass over it. */
const byteOrderMark = '\ufeff';

/**
 * Replies as CSV (RFC 4180) behind a byte order mark, one row a prompt and condition, under a head. `verdict` is the one that
 * counts, `rules` the rules' own; `stopped_early` says that the reply is a beginning, which could not become a refusal; scores
 * have a column a steered layer.
 *
 * A spreadsheet runs a cell that starts like a formula, and prompts are written by attackers: such a text gets an
 * apostrophe before it (OWASP, CSV injection). Their exact characters are in `replies.jsonl`.
 */
export function repliesCsv(
  replies: readonly Reply[],
  { strength, layers }: { readonly strength: number; readonly layers: readonly number[] },
): string {
  const { conditions } = latestReplies(replies, strength);
  const head = [
    ...['id', 'label', 'attack', 'set', 'condition', 'strength', 'verdict', 'rules', 'expected', 'as_expected'],
    ...['tokens', 'stopped_early', 'earlier', 'prompt', 'reply', 'file', 'line'],
    ...layers.map((layer) => `score_${layer}`),
  ];
  const rows = [...conditions].flatMap(([condition, list]) =>
    list.map((reply) => row(condition, reply, layers.length)),
  );
  return byteOrderMark + [head, ...rows].map((cells) => `${cells.map(cell).join(',')}\r\n`).join('');
}

type Cell = string | number | boolean;

function row(condition: string, reply: Reply, layers: number): Cell[] {
  const {
    id,
    label,
    attack = '',
    set,
    strength,
    verdict,
    rules = verdict,
    tokens,
    stopped = false,
    prompt,
    file,
    line,
    scores,
  } = reply;
  return [
    ...[id, label, attack, set, condition, strength, verdict, rules, expectation(label), isAsExpected(label, verdict)],
    ...[tokens, stopped, chatText(reply.earlier ?? []), prompt, reply.reply, file, line],
    ...Array.from({ length: layers }, (_, i) => scores[i] ?? ''),
  ];
}

function cell(value: Cell): string {
  if (typeof value !== 'string') return String(value);
  const text = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
