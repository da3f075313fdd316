/**
 * One solver on one matrix: prints processor seconds, residual and orthogonality as one JSON line, and writes the eigenvalues.
 * The other candidates are no dependencies of this project: install them in a folder of their own and name it.
 *
 *   npm i --prefix DIR --ignore-scripts ml-matrix@6.15.0 emlapack@0.0.3
 *   npx tsx solve.ts own|ml-matrix|emlapack A.f64 VALUES.f64 [DIR]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { addProductTransposed } from '../../../src/core/linalg/product.ts';
import { symmetricEigen } from '../../../src/core/linalg/symmetric-eigen.ts';
import { ProductSession } from '../../../src/worker/session/product-session.ts';

interface Solution {
  /** [d], ascending */
  readonly values: Float64Array;
  /** [d, d], row i is an eigenvector */
  readonly vectors: Float64Array;
}
type Solver = (a: Float64Array, d: number) => Solution | Promise<Solution>;

const [name = '', matrixFile = '', valuesFile = '', folder = '.'] = process.argv.slice(2);
const requireCandidate = createRequire(resolve(folder, 'node_modules', 'x.js'));

const { addProduct } = await ProductSession.open(1);

const solvers: Record<string, Solver> = {
  own: async (a, d) => symmetricEigen(a, d, addProduct),
  'ml-matrix': (a, d) => {
    const { Matrix, EVD } = requireCandidate('ml-matrix') as {
      Matrix: { from1DArray(rows: number, columns: number, data: Float64Array): unknown };
      EVD: new (
        a: unknown,
        options: { assumeSymmetric: boolean },
      ) => { realEigenvalues: number[]; eigenvectorMatrix: { transpose(): { to1DArray(): number[] } } };
    };
    const evd = new EVD(Matrix.from1DArray(d, d, a), { assumeSymmetric: true });
    return {
      values: Float64Array.from(evd.realEigenvalues),
      vectors: Float64Array.from(evd.eigenvectorMatrix.transpose().to1DArray()),
    };
  },
  emlapack: async (a, d) => emlapack(a, d),
};

interface Emscripten {
  readonly HEAPF64: Float64Array;
  _malloc(bytes: number): number;
  setValue(at: number, value: number, type: string): void;
  getValue(at: number, type: string): number;
  cwrap(name: string, result: null, parameters: string[]): (...pointers: number[]) => void;
}

/** LAPACK's dsyev, compiled to WebAssembly. */
async function emlapack(a: Float64Array, d: number): Promise<Solution> {
  const file = requireCandidate.resolve('emlapack/wasm.js');
  process.chdir(join(file, '..'));
  // Of 2017: it takes `fetch` for a browser's and asks it for a path.
  Reflect.deleteProperty(globalThis, 'fetch');
  const lapack = requireCandidate(file) as Emscripten;
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const dsyev = lapack.cwrap(
    'dsyev_',
    null,
    Array.from({ length: 9 }, () => 'number'),
  );
  const [job, triangle, n, lda, size, info, optimum] = Array.from({ length: 7 }, () => lapack._malloc(8)) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const matrix = lapack._malloc(d * d * 8);
  const values = lapack._malloc(d * 8);
  lapack.setValue(job, 'V'.charCodeAt(0), 'i8');
  lapack.setValue(triangle, 'U'.charCodeAt(0), 'i8');
  lapack.setValue(n, d, 'i32');
  lapack.setValue(lda, d, 'i32');
  lapack.setValue(size, -1, 'i32');
  dsyev(job, triangle, n, matrix, lda, values, optimum, size, info);
  const work = lapack._malloc(lapack.getValue(optimum, 'double') * 8);
  lapack.setValue(size, lapack.getValue(optimum, 'double'), 'i32');
  lapack.HEAPF64.set(a, matrix / 8);
  dsyev(job, triangle, n, matrix, lda, values, work, size, info);
  if (lapack.getValue(info, 'i32') !== 0) throw new Error(`dsyev: info ${lapack.getValue(info, 'i32')}`);
  return {
    values: lapack.HEAPF64.slice(values / 8, values / 8 + d),
    vectors: lapack.HEAPF64.slice(matrix / 8, matrix / 8 + d * d),
  };
}

const bytes = readFileSync(matrixFile);
const a = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
const d = Math.sqrt(a.length);
// Processor time: on a machine that is shared, the clock on the wall measures the neighbours.
const start = process.cpuUsage();
const { values, vectors } = await solvers[name]!(a, d);
const { user, system } = process.cpuUsage(start);
const seconds = (user + system) / 1e6;
writeFileSync(valuesFile, values);

const size = { m: d, n: d, depth: d };
const turned = new Float64Array(d * d);
addProductTransposed(vectors, a, turned, size);
const identity = new Float64Array(d * d);
addProductTransposed(vectors, vectors, identity, size);
let residual = 0;
let orthogonality = 0;
let norm = 0;
for (let i = 0; i < d; i++) {
  for (let j = 0; j < d; j++) {
    residual += (turned[i * d + j]! - values[i]! * vectors[i * d + j]!) ** 2;
    orthogonality += (identity[i * d + j]! - Number(i === j)) ** 2;
    norm += a[i * d + j]! ** 2;
  }
}
console.log(
  JSON.stringify({
    name,
    d,
    seconds,
    residual: Math.sqrt(residual / norm),
    orthogonality: Math.sqrt(orthogonality / d),
  }),
);
