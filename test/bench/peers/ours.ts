/** node ours.mjs MODEL_FOLDER THREADS, bundled as what is shipped: tsx wraps functions, which slows small ones down. */
import { open } from 'node:fs/promises';
import {
  benignSpectrum,
  intoSpectrum,
  nullSpaceCut,
  refusalDirection,
  steeringVector,
} from '../../../src/core/alphasteer.ts';
import { GramAccumulator } from '../../../src/core/linalg/gram.ts';
import { norm } from '../../../src/core/linalg/inner-product.ts';
import { addRow, noRows } from '../../../src/core/linalg/row-sums.ts';
import type { ChatSession } from '../../../src/worker/session/chat-session.ts';
import { openModel } from '../../../src/worker/model/model.ts';
import { openChatSession, openExtractionSession } from '../../../src/worker/session/model-session.ts';
import { ProductSession } from '../../../src/worker/session/product-session.ts';
import { unwatched } from '../../worker/agreement/quickstart.ts';
import { serve, type Answer } from './serve.ts';
import type { Task } from './task.ts';

const [path = '', threads = '2'] = process.argv.slice(2);
const model = await openModel({ path, dtype: 'auto', device: 'cpu', threads: Number(threads) });
const { addProduct } = await ProductSession.open(Number(threads));
let chat: ChatSession | undefined;

async function activations({ ids, layers }: Task & { task: 'activations' }): Promise<Answer> {
  const session = await openExtractionSession(model, layers);
  const numbers = new Array<number>(ids.length);
  for (const batch of session.batches(ids)) {
    const rows = await session.run(batch.map((i) => ids[i]!));
    batch.forEach((i, at) => (numbers[i] = norm(rows[at]!.subarray(-model.hiddenSize))));
  }
  await session.release();
  return { numbers };
}

async function replies({ ids, newTokens, alone }: Task & { task: 'replies' }): Promise<Answer> {
  chat ??= await openChatSession(model, [14, 16, 18], [14]);
  const rows = ids.map((each) => ({ ids: each, strength: 0 }));
  const tokens = new Array<readonly number[]>(ids.length);
  for (const batch of alone ? ids.map((_, i) => [i]) : chat.batches(rows, newTokens)) {
    const options = { maxNewTokens: newTokens, endTokens: model.tokenizer.endTokens, alone };
    const made = await chat.reply(
      batch.map((i) => rows[i]!),
      options,
      unwatched,
    );
    batch.forEach((i, at) => (tokens[i] = made[at]!.tokens));
  }
  return { tokens };
}

async function solve({ file, d, benign, refused, ratio, ridge }: Task & { task: 'solve' }): Promise<Answer> {
  const grams = [new GramAccumulator(d, addProduct), new GramAccumulator(d, addProduct)] as const;
  const sides = [noRows(d), noRows(d)] as const;
  const activations = await open(file);
  const rows = new Float32Array(128 * d);
  for (let i = 0; ;) {
    const { bytesRead } = await activations.read(new Uint8Array(rows.buffer));
    if (bytesRead === 0) break;
    for (let at = 0; at < bytesRead / 4; at += d, i++) {
      const row = rows.subarray(at, at + d);
      await grams[i < benign ? 0 : 1].add(row);
      if (i >= benign) addRow(sides[i < benign + refused ? 0 : 1], row);
    }
  }
  await activations.close();
  refusalDirection(...sides);
  const spectrum = await benignSpectrum(await grams[0].gram(), addProduct);
  const { k } = nullSpaceCut(spectrum, ratio);
  const regression = await intoSpectrum(spectrum, await grams[1].gram(), addProduct, k);
  return { numbers: [...(await steeringVector(regression, k, ridge, addProduct))] };
}

await serve((task) => {
  if (task.task === 'activations') return activations(task);
  return task.task === 'replies' ? replies(task) : solve(task);
});
