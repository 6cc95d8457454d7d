import { afterEach } from 'vitest';
import { type Stage, type StageOptions, stage } from './stage.tsx';

/** Opens stages that are closed after the test. */
export function stages(): (options: StageOptions) => Promise<Stage> {
  let open: Stage[] = [];
  afterEach(async () => {
    for (const each of open) await each.close();
    open = [];
  });
  return async (options) => {
    const opened = await stage(options);
    open = [...open, opened];
    return opened;
  };
}
