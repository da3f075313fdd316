/**
 * The pickle of one tensor, both directions. A pickle is a program: this reader knows the few opcodes and the two names
 * that a plain tensor needs, runs nothing, and refuses every other file by what it found.
 */
import { unreadable } from './unreadable.ts';

export type StorageType = 'FloatStorage' | 'DoubleStorage' | 'BFloat16Storage' | 'HalfStorage';

export interface PickledTensor {
  readonly type: StorageType;
  /** Name of the zip entry below `data/`. */
  readonly key: string;
  readonly shape: readonly number[];
}

const storageTypes: readonly string[] = [
  'FloatStorage',
  'DoubleStorage',
  'BFloat16Storage',
  'HalfStorage',
] satisfies StorageType[];

const rebuildTensor = 'torch._utils._rebuild_tensor_v2';
const orderedDict = 'collections.OrderedDict';

type Value =
  | number
  | string
  | boolean
  | readonly Value[]
  | { readonly global: string }
  | { readonly storage: StorageType; readonly key: string; readonly length: number }
  | { readonly tensor: PickledTensor };

/** Names of the opcodes that other pickles begin with, for the message. */
const opcodeNames: Readonly<Record<number, string>> = {
  0x5d: 'EMPTY_LIST',
  0x62: 'BUILD',
  0x69: 'INST',
  0x6f: 'OBJ',
  0x7d: 'EMPTY_DICT',
  0x81: 'NEWOBJ',
  0x93: 'STACK_GLOBAL',
};

/** @throws {HumanError} anything but one plain tensor of a known type, contiguous from its start */
export function readTensorPickle(bytes: Uint8Array, file: string): PickledTensor {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: Value[] = [];
  const marks: number[] = [];
  const memo = new Map<number, Value>();
  let at = 0;

  const take = (length: number): number => {
    if (at + length > bytes.length) throw unreadable(file, 'its pickle is cut off');
    at += length;
    return at - length;
  };
  const pop = (): Value => {
    const value = stack.length > (marks.at(-1) ?? 0) ? stack.pop() : undefined;
    if (value === undefined) throw unreadable(file, 'its pickle takes more values than it has');
    return value;
  };
  const line = (): string => {
    const from = at;
    while (bytes[take(1)] !== 0x0a);
    return ascii(bytes.subarray(from, at - 1));
  };
  const tuple = (length: number): void => {
    stack.push(Array.from({ length }, pop).reverse());
  };
  const recall = (index: number): void => {
    const value = memo.get(index);
    if (value === undefined) throw unreadable(file, 'its pickle recalls a value that it never kept');
    stack.push(value);
  };
  const keep = (index: number): void => {
    const value = pop();
    stack.push(value);
    memo.set(index, value);
  };

  for (;;) {
    const opcode = data.getUint8(take(1));
    switch (opcode) {
      case 0x80: // PROTO
        take(1);
        break;
      case 0x63: // GLOBAL
        stack.push({ global: known(`${line()}.${line()}`, file) });
        break;
      case 0x28: // MARK
        marks.push(stack.length);
        break;
      case 0x74: {
        // TUPLE
        const mark = marks.at(-1);
        if (mark === undefined) throw unreadable(file, 'its pickle ends a tuple that it never began');
        tuple(stack.length - mark);
        const made = stack.pop()!;
        marks.pop();
        stack.push(made);
        break;
      }
      case 0x29: // EMPTY_TUPLE
        stack.push([]);
        break;
      case 0x85: // TUPLE1 to TUPLE3
      case 0x86:
      case 0x87:
        tuple(opcode - 0x84);
        break;
      case 0x58: {
        // BINUNICODE
        const length = data.getUint32(take(4), true);
        const from = take(length);
        stack.push(ascii(bytes.subarray(from, at)));
        break;
      }
      case 0x4a: // BININT
        stack.push(data.getInt32(take(4), true));
        break;
      case 0x4b: // BININT1
        stack.push(data.getUint8(take(1)));
        break;
      case 0x4d: // BININT2
        stack.push(data.getUint16(take(2), true));
        break;
      case 0x8a: {
        // LONG1
        const length = data.getUint8(take(1));
        const from = take(length);
        let value = 0;
        for (let i = length - 1; i >= 0; i--) value = value * 256 + bytes[from + i]!;
        stack.push(value);
        break;
      }
      case 0x88: // NEWTRUE
      case 0x89: // NEWFALSE
        stack.push(opcode === 0x88);
        break;
      case 0x71: // BINPUT
        keep(data.getUint8(take(1)));
        break;
      case 0x72: // LONG_BINPUT
        keep(data.getUint32(take(4), true));
        break;
      case 0x68: // BINGET
        recall(data.getUint8(take(1)));
        break;
      case 0x6a: // LONG_BINGET
        recall(data.getUint32(take(4), true));
        break;
      case 0x51: // BINPERSID
        stack.push(storage(pop(), file));
        break;
      case 0x52: {
        // REDUCE
        const args = pop();
        stack.push(call(pop(), args, file));
        break;
      }
      case 0x2e: {
        // STOP
        const value = pop();
        if (typeof value !== 'object' || !('tensor' in value))
          throw unreadable(file, 'it holds something else than one tensor');
        return value.tensor;
      }
      default: {
        const hex = `0x${opcode.toString(16).padStart(2, '0')}`;
        throw unreadable(
          file,
          `its pickle uses the opcode ${opcodeNames[opcode] ?? hex}${opcode in opcodeNames ? ` (${hex})` : ''}, which a single tensor does not need`,
        );
      }
    }
  }
}

/** A name that a pickle may mention; only the two functions can be called, and they are not. */
function known(name: string, file: string): string {
  const isStorage = name.startsWith('torch.') && storageTypes.includes(name.slice('torch.'.length));
  if (isStorage || name === rebuildTensor || name === orderedDict) return name;
  throw unreadable(file, `its pickle asks for ${JSON.stringify(name.slice(0, 80))}, and nothing in a file is run here`);
}

/** `('storage', torch.FloatStorage, key, device, length)` */
function storage(id: Value, file: string): Value {
  if (isTuple(id)) {
    const [word, type, key, , length] = id;
    const name = typeof type === 'object' && 'global' in type ? type.global.slice('torch.'.length) : '';
    if (word === 'storage' && isStorageType(name) && typeof key === 'string' && isSize(length)) {
      return { storage: name, key, length };
    }
  }
  throw unreadable(file, 'its pickle names a storage that is none');
}

function call(callee: Value, args: Value, file: string): Value {
  if (typeof callee !== 'object' || !('global' in callee) || !isTuple(args)) {
    throw unreadable(file, 'its pickle calls what is no function');
  }
  if (callee.global === orderedDict && args.length === 0) return [];
  const [from, offset, shape, strides] = args;
  if (
    callee.global !== rebuildTensor ||
    typeof from !== 'object' ||
    !('storage' in from) ||
    !isSizes(shape) ||
    !isSizes(strides)
  ) {
    throw unreadable(file, `its pickle calls ${callee.global} in an unknown way`);
  }
  if (offset !== 0 || !isContiguous(shape, strides)) throw unreadable(file, 'the tensor is a view of another one');
  if (product(shape) > from.length) throw unreadable(file, 'the tensor is larger than its storage');
  return { tensor: { type: from.storage, key: from.key, shape } };
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  return (
    shape.length === strides.length &&
    shape.every((size, i) => size === 1 || strides[i] === product(shape.slice(i + 1)))
  );
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

function isTuple(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

function isSize(value: Value | undefined): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSizes(value: Value | undefined): value is readonly number[] {
  return isTuple(value) && value.every(isSize);
}

function isStorageType(name: string): name is StorageType {
  return storageTypes.includes(name);
}

function ascii(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The pickle of a contiguous f32 tensor whose storage is the entry `data/0`. */
export function writeTensorPickle(shape: readonly number[]): Uint8Array {
  const sizes = (values: readonly number[]): number[] => [0x28, ...values.flatMap(integer), 0x74];
  return Uint8Array.from([
    ...[0x80, 2, ...global('torch._utils', '_rebuild_tensor_v2'), 0x28],
    ...[0x28, ...text('storage'), ...global('torch', 'FloatStorage'), ...text('0'), ...text('cpu')],
    ...[...integer(product(shape)), 0x74, 0x51, 0x4b, 0],
    ...[...sizes(shape), ...sizes(shape.map((_, i) => product(shape.slice(i + 1)))), 0x89],
    ...[...global('collections', 'OrderedDict'), 0x29, 0x52, 0x74, 0x52, 0x2e],
  ]);
}

function global(module: string, name: string): number[] {
  return [0x63, ...codes(`${module}\n${name}\n`)];
}

function text(value: string): number[] {
  return [0x58, value.length, 0, 0, 0, ...codes(value)];
}

/** LONG1 with a leading zero byte, so that the sign is plain. */
function integer(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.push(rest % 256);
  return [0x8a, bytes.length + 1, ...bytes, 0];
}

function codes(value: string): number[] {
  return Array.from(value, (character) => character.charCodeAt(0));
}
