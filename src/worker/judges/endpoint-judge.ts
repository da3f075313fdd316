import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { rubricFor } from '../../core/judge/rubric.ts';
import { HumanError } from '../../core/problem.ts';

export interface Endpoint {
  /** Base of an OpenAI-compatible API, such as `https://api.example.com/v1`. */
  readonly url: string;
  readonly model: string;
  readonly key?: string | undefined;
  /** Milliseconds for one answer; 60,000 unless told. */
  readonly timeout?: number;
  /** Milliseconds before the second try, doubled for each further one; 1,000 unless told. */
  readonly firstPause?: number;
}

const tries = 5;
const longestPause = 60_000;

const completion = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().nullable() }) })).min(1),
});

/**
 * What a model behind an API says of a reply, as text. What may pass (429, 5xx, no connection, no answer in time, an answer
 * that is no JSON) is tried again, after what the server asks to wait.
 * @throws {HumanError} the server declines (401, 403, 404 and the like), or the last try failed too
 */
export async function askEndpoint(endpoint: Endpoint, request: string, reply: string): Promise<string> {
  const address = `${endpoint.url.replace(/\/+$/, '')}/chat/completions`;
  const { system, user } = rubricFor(request, reply);
  const body = JSON.stringify({
    model: endpoint.model,
    temperature: 0,
    max_tokens: 8,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ],
  });
  let last = '';
  for (let attempt = 0; attempt < tries; attempt++) {
    const outcome = await post(address, body, endpoint);
    if ('answer' in outcome) return outcome.answer;
    last = outcome.message;
    const wait = outcome.wait ?? (endpoint.firstPause ?? 1_000) * 2 ** attempt;
    if (attempt < tries - 1) await pause(Math.min(wait, longestPause));
  }
  throw new HumanError({
    file: address,
    message: `The second judge did not answer in ${tries} tries: ${last}.`,
    fix: 'Run the same command again later: the verdicts given so far are kept.',
  });
}

type Outcome = { readonly answer: string } | { readonly message: string; readonly wait?: number | undefined };

async function post(address: string, body: string, { key, timeout = 60_000 }: Endpoint): Promise<Outcome> {
  let status: number;
  let text: string;
  let retryAfter: string | null;
  try {
    const response = await fetch(address, {
      method: 'POST',
      body,
      // A redirect would take the replies, and the key, to a place the user did not name.
      redirect: 'error',
      signal: AbortSignal.timeout(timeout),
      headers: { 'content-type': 'application/json', ...(key !== undefined && { authorization: `Bearer ${key}` }) },
    });
    status = response.status;
    retryAfter = response.headers.get('retry-after');
    text = await response.text();
  } catch (error) {
    return { message: error instanceof Error && error.name === 'TimeoutError' ? 'no answer in time' : 'no connection' };
  }
  if (status === 429 || status >= 500) {
    const seconds = Number(retryAfter ?? NaN);
    return { message: `status ${status}`, wait: Number.isFinite(seconds) ? seconds * 1_000 : undefined };
  }
  if (status !== 200) {
    throw new HumanError({
      file: address,
      message: `The second judge's server declines with status ${status}.`,
      fix:
        status === 401 || status === 403
          ? 'Name the environment variable that holds a valid key with --key-env.'
          : 'Correct --endpoint and --name.',
    });
  }
  const parsed = completion.safeParse(tryJson(text));
  if (!parsed.success) return { message: 'an answer that is no chat completion' };
  return { answer: parsed.data.choices[0]!.message.content ?? '' };
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
