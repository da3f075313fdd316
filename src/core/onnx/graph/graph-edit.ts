import { create } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type GraphProto,
  type NodeProto,
  type ValueInfoProto,
} from 'onnx-buf';
import { indexGraph } from './graph-index.ts';
import { renameInput, subgraphs } from './node-inputs.ts';
import type { Dim } from './tensor-port.ts';

/** Adds nodes, constants and ports to a graph, under names that nothing in it uses. */
export class GraphEdit {
  readonly #graph: GraphProto;
  readonly #names: Set<string>;

  constructor(graph: GraphProto) {
    this.#graph = graph;
    this.#names = allNames(graph);
  }

  /** `name`, or `name_2`, `name_3` ... if the graph already uses it. */
  fresh(name: string): string {
    let free = name;
    for (let n = 2; this.#names.has(free); n++) free = `${name}_${n}`;
    this.#names.add(free);
    return free;
  }

  /** Appends a node with one output, and gives that output's name. Attributes are integers. */
  node(opType: string, input: string[], name: string, attributes: Record<string, number> = {}): string {
    const [output] = this.nodeOf(opType, input, [name], attributes);
    return output!;
  }

  /** Appends a node with an output for each of `names`. */
  nodeOf(opType: string, input: string[], names: string[], attributes: Record<string, number> = {}): string[] {
    const output = names.map((name) => this.fresh(name));
    const attribute = Object.entries(attributes).map(([name, value]) => intAttribute(name, value));
    this.#graph.node.push(create(NodeProtoSchema, { opType, input, output, name: output[0] ?? '', attribute }));
    return output;
  }

  /** A constant int64 vector, or a scalar if a number is given. */
  int64(value: number | readonly number[], name: string): string {
    const values = typeof value === 'number' ? [value] : value;
    const tensor = create(TensorProtoSchema, {
      name: this.fresh(name),
      dataType: TensorProto_DataType.INT64,
      dims: typeof value === 'number' ? [] : [BigInt(values.length)],
      int64Data: values.map(BigInt),
    });
    this.#graph.initializer.push(tensor);
    return tensor.name;
  }

  /** A constant f32 scalar. */
  float32(value: number, name: string): string {
    return this.floats(Float32Array.of(value), [], name);
  }

  /** A constant f32 tensor. */
  floats(values: Float32Array, dims: readonly number[], name: string): string {
    const tensor = create(TensorProtoSchema, {
      name: this.fresh(name),
      dataType: TensorProto_DataType.FLOAT,
      dims: dims.map(BigInt),
      floatData: [...values],
    });
    this.#graph.initializer.push(tensor);
    return tensor.name;
  }

  /** A new graph input, of any shape without `dims`; gives its name. */
  input(name: string, elementType: TensorProto_DataType, dims?: readonly Dim[]): string {
    const port = valueInfo(this.fresh(name), elementType, dims);
    this.#graph.input.push(port);
    return port.name;
  }

  /** Makes a tensor that was just made under its own name a graph output. */
  output(tensor: string, elementType: TensorProto_DataType, dims?: readonly Dim[]): string {
    this.#graph.output.push(valueInfo(tensor, elementType, dims));
    return tensor;
  }

  /** Casts what a node makes under `name`, so that it goes by that name in another type. */
  castOutput(name: string, to: TensorProto_DataType): void {
    const inner = this.fresh(`${name}_uncast`);
    for (const node of this.#graph.node) {
      node.output = node.output.map((output) => (output === name ? inner : output));
      renameInput(node, name, inner);
    }
    const cast = create(NodeProtoSchema, {
      opType: 'Cast',
      input: [inner],
      output: [name],
      name: this.fresh(`${name}_cast`),
    });
    cast.attribute.push(intAttribute('to', to));
    this.#graph.node.push(cast);
  }

  /** The nodes that read `tensor` now: to be asked before new readers are added, and handed to `redirect`. */
  readersOf(tensor: string): readonly NodeProto[] {
    return indexGraph(this.#graph).readers.get(tensor) ?? [];
  }

  /** The node that makes `tensor`; undefined for an input or a constant. */
  producerOf(tensor: string): NodeProto | undefined {
    return indexGraph(this.#graph).producers.get(tensor);
  }

  /** Makes `readers` read `to` instead of `from`. */
  redirect(readers: readonly NodeProto[], from: string, to: string): void {
    for (const reader of readers) renameInput(reader, from, to);
  }
}

/** A port of a graph, of any shape without `dims`. */
export function valueInfo(name: string, elemType: TensorProto_DataType, dims?: readonly Dim[]): ValueInfoProto {
  const dim = dims?.map((size) => ({
    value:
      typeof size === 'number'
        ? { case: 'dimValue' as const, value: BigInt(size) }
        : { case: 'dimParam' as const, value: size },
  }));
  const type = create(TypeProtoSchema, {
    value: { case: 'tensorType', value: { elemType, ...(dim && { shape: { dim } }) } },
  });
  return create(ValueInfoProtoSchema, { name, type });
}

function intAttribute(name: string, value: number): AttributeProto {
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) });
}

/** Every name of the graph and of the graphs inside it: tensors, nodes and symbolic dimensions alike. */
function allNames(graph: GraphProto): Set<string> {
  const { input, output, valueInfo: values, initializer, node, sparseInitializer } = graph;
  const names = [...input, ...output, ...values, ...initializer, ...node].map(({ name }) => name);
  const sparse = sparseInitializer.map((tensor) => tensor.values?.name ?? '');
  const wires = node.flatMap((each) => [...each.input, ...each.output]);
  const inner = node.flatMap(subgraphs).flatMap((each) => [...allNames(each)]);
  return new Set([...names, ...sparse, ...wires, ...inner]);
}
