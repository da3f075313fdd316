import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSteeringMatrices } from '../../../../../src/core/formats/authors/read-steering-matrix.ts';
import { HumanError } from '../../../../../src/core/problem.ts';
import { fixture, fixtureJson, source } from './authors-file.ts';

/** Of the matrix that PyTorch saved, in f64. */
const { matrix } = fixtureJson('expected.json') as { matrix: number[][][] };

async function read(bytes: Uint8Array): Promise<number[][]> {
  const file = await readSteeringMatrices(source(bytes), 'x.pt');
  const layers = Array.from({ length: file.layers }, (_, layer) => file.read(layer));
  return (await Promise.all(layers)).map((values) => [...values]);
}

test.each([
  ['f64.pt', (value: number) => value],
  ['f32.pt', Math.fround],
  ['bf16.pt', (value: number) => roundToBfloat16(Math.fround(value))],
])('%s of PyTorch is read to the bit', async (name, rounded) => {
  expect(await read(fixture(name))).toEqual(matrix.map((rows) => rows.flat().map(rounded)));
});

test('an f16 file of PyTorch is read as the numbers that PyTorch makes of it in f32, bit for bit', async () => {
  const { f32 } = fixtureJson('half-edges.json') as { f32: (number | null)[] };
  const numbers = Float32Array.from((await read(fixture('half-edges.pt'))).flat());
  const bits = [...new Uint32Array(numbers.buffer)].map((each, i) => (Number.isNaN(numbers[i]) ? null : each));
  expect(bits).toEqual(f32);
  expect(f32.filter((each) => each === null).length).toBeGreaterThan(20);
});

test('the f16 form of a matrix is the matrix, rounded', async () => {
  const read16 = (await read(fixture('f16.pt'))).flat();
  const whole = matrix.flat(2);
  expect(read16).toHaveLength(whole.length);
  read16.forEach((value, i) => {
    expect(Math.abs(value - whole[i]!)).toBeLessThanOrEqual(Math.max(2 ** -11 * Math.abs(whole[i]!) * 1.001, 2 ** -25));
  });
});

/** Round half to even, on the bits of a f32. */
function roundToBfloat16(value: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)[0]!;
  const rounded = (bits + 0x7fff + ((bits >>> 16) & 1)) & 0xffff0000;
  return new Float32Array(Int32Array.of(rounded).buffer)[0]!;
}

test.each([
  ['legacy.pt', /format that PyTorch wrote before 1\.6/],
  ['dict.pt', /EMPTY_DICT \(0x7d\)/],
  ['parameter.pt', /"torch\._utils\._rebuild_parameter"/],
  ['runs-code.pt', /"posix\.system", and nothing in a file is run/],
  ['transposed.pt', /a view of another one/],
  ['one-layer.pt', /shape \[12, 12\], not \[layers, d, d\]/],
  ['compressed.pt', /is compressed/],
  ['make.py', /no zip file/],
])('%s is refused by what it is', async (name, message) => {
  const refusal = read(fixture(name));
  await expect(refusal).rejects.toThrow(HumanError);
  await expect(refusal).rejects.toThrow(message);
});

test('a file cut off anywhere is refused', async () => {
  const whole = fixture('f32.pt');
  for (let length = 0; length < whole.length; length += 7) {
    await expect(read(whole.subarray(0, length))).rejects.toThrow(HumanError);
  }
});

/** Reads what a hostile file holds; the source throws something else where the reader trusts a size of the file. */
async function readHostile(bytes: Uint8Array): Promise<void> {
  try {
    await read(bytes);
  } catch (error) {
    if (!(error instanceof HumanError)) throw error;
  }
}

test('no bytes make the reader throw anything but an error for people, or read outside of the file', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), (bytes) => readHostile(bytes)),
    { numRuns: 500 },
  );
});

test('nor do files of PyTorch with some bytes changed', async () => {
  const names = ['f32.pt', 'dict.pt', 'parameter.pt', 'runs-code.pt'].map(fixture);
  const edits = fc.array(fc.tuple(fc.nat(4000), fc.nat(255)), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...names), edits, async (whole, changes) => {
      const bytes = whole.slice();
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      await readHostile(bytes);
    }),
    { numRuns: 3000 },
  );
});
