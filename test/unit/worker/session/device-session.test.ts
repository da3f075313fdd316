import { Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { DeviceSession } from '../../../../src/worker/session/device-session.ts';
import { FakeDevice } from './fake-device.ts';

/** A session that gives `present` and `logits` on the device, `next_token` on the host, and notes what it was asked for. */
function sessionOn(device: FakeDevice): { session: DeviceSession; asked: (readonly string[])[] } {
  const asked: (readonly string[])[] = [];
  const outputNames = ['logits', 'present', 'next_token'];
  const run = (_: unknown, wanted: readonly string[]): Promise<Record<string, Tensor>> => {
    asked.push(wanted);
    return Promise.resolve({
      logits: device.tensor(Float32Array.of(1, 2), [1, 2]),
      present: device.tensor(Float32Array.of(3), [1, 1, 1, 1]),
      next_token: new Tensor('int64', BigInt64Array.of(1n), [1, 1]),
    });
  };
  const inner = { inputNames: ['input_ids'], outputNames, run, release: () => Promise.resolve() };
  return { session: new DeviceSession(inner, ['present'], device), asked };
}

test('every run asks for every output, and hands over those that are wanted: what stays on the device, what was read, what was on the host', async () => {
  const device = new FakeDevice();
  const { session, asked } = sessionOn(device);
  const first = await session.run({}, ['next_token', 'present', 'logits']);
  expect(first['logits']!.data).toEqual(Float32Array.of(1, 2));
  expect(device.values(first['present']!)).toEqual(Float32Array.of(3));
  expect(first['next_token']!.data).toEqual(BigInt64Array.of(1n));
  expect([...device.live]).toEqual([first['present']]);

  const second = await session.run({}, ['present']);
  expect(Object.keys(second)).toEqual(['present']);
  expect([...device.live]).toEqual([first['present'], second['present']]);
  expect(asked).toEqual([session.outputNames, session.outputNames]);
});

test('what nobody wants is freed, and so is what was made where reading fails', async () => {
  const device = new FakeDevice();
  const { session } = sessionOn(device);
  await session.run({}, ['next_token']);
  expect(device.live.size).toBe(0);
  device.read = () => Promise.reject(new Error('lost'));
  await expect(session.run({}, ['present', 'logits'])).rejects.toThrow('lost');
  expect(device.live.size).toBe(0);
});
