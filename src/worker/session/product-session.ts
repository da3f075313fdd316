import { create } from '@bufbuild/protobuf';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { GraphProtoSchema, ModelProtoSchema, OperatorSetIdProtoSchema, TensorProto_DataType } from 'onnx-buf';
import { addProductTransposed, type AddProduct } from '../../core/linalg/product.ts';
import { GraphEdit } from '../../core/onnx/graph/graph-edit.ts';
import { writeModel } from '../../core/onnx/graph/onnx-model.ts';

/** Below so many multiplications a run of a session takes longer than JavaScript. */
const small = 32 ** 3;
/** Entries of C that are computed at a time: what stays in cache while all of its columns are passed over, 2 to 3 times as fast where A is thin. */
const cached = 2 ** 19;

/**
 * C += A Bᵀ by onnxruntime's Gemm in f64, on the CPU. The same threads give the same bits, whatever else runs; others need not:
 * they share out columns, and how many a thread has decides in what strips it sums.
 */
export class ProductSession {
  readonly #session: InferenceSession;

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  /** @param threads undefined: onnxruntime's choice */
  static async open(threads: number | undefined): Promise<ProductSession> {
    return new ProductSession(
      await InferenceSession.create(gemmModel(), {
        executionProviders: ['cpu'],
        ...(threads !== undefined && { intraOpNumThreads: threads }),
        // Between two products there is JavaScript to run, which threads that wait at full speed would slow down.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      }),
    );
  }

  readonly addProduct: AddProduct = async (a, b, c, { m, n, depth }) => {
    if (m * n * depth < small) {
      addProductTransposed(a, b, c, { m, n, depth });
      return;
    }
    const factor = new Tensor('float64', b, [n, depth]);
    const most = Math.max(64, Math.floor(cached / n));
    for (let row = 0; row < m; row += most) {
      const rows = Math.min(most, m - row);
      const part = new Tensor('float64', a.subarray(row * depth, (row + rows) * depth), [rows, depth]);
      // Written where it is read: Gemm first copies C to its output, and then adds there.
      const sums = new Tensor('float64', c.subarray(row * n, (row + rows) * n), [rows, n]);
      await this.#session.run({ a: part, b: factor, c: sums }, { y: sums });
    }
  };

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function gemmModel(): Uint8Array {
  const { DOUBLE } = TensorProto_DataType;
  const graph = create(GraphProtoSchema, { name: 'product' });
  const edit = new GraphEdit(graph);
  edit.input('a', DOUBLE, ['m', 'depth']);
  edit.input('b', DOUBLE, ['n', 'depth']);
  edit.input('c', DOUBLE, ['m', 'n']);
  edit.output(edit.node('Gemm', ['a', 'b', 'c'], 'y', { transB: 1 }), DOUBLE, ['m', 'n']);
  const opsetImport = [create(OperatorSetIdProtoSchema, { domain: '', version: 13n })];
  const proto = create(ModelProtoSchema, { irVersion: 8n, graph, opsetImport });
  return writeModel({ file: 'product.onnx', proto, graph });
}
