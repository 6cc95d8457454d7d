// How much of the bundled recording is read for its first screen: until the first rows stand, and until it is whole.
import { stat } from 'node:fs/promises';
import { DEMO_FILE, demo, viewOf } from '../test/demo.ts';
import { type Figure, figure } from './measure.ts';

export async function firstFrameBytes(): Promise<readonly Figure[]> {
  const { size } = await stat(DEMO_FILE);
  const recording = await demo();
  let first: number | undefined;
  for await (const { rows } of viewOf('slow').load(recording.input()))
    if (rows.length > 0) first ??= recording.bytesRead();
  const whole = recording.bytesRead();
  const { header } = recording;
  await recording.close();
  const megabytes = (size / 1e6).toFixed(2);
  const minutes = (header.toUnix - header.fromUnix) / 60;
  return [
    {
      name: 'the demo recording',
      limit: '≥ 12 min, ≤ 3 MB',
      measured: `${minutes.toFixed(1)} min, ${megabytes} MB`,
      holds: minutes >= 12 && size <= 3_000_000,
    },
    figure(`of its bytes read for the first rows of slow`, (100 * (first ?? size)) / size, 10, ' %'),
    figure(`of its bytes read for all of slow`, (100 * whole) / size, 10, ' %'),
  ];
}
