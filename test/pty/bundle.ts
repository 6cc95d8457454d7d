import { execFileSync } from 'node:child_process';

/** Where the console with bugs is bundled to. */
export const BUGGY = 'node_modules/.cache/lgtm-tui/buggy';

/** Bundles what the terminal tests start: the product as it is shipped, and the same with a view that throws. */
export function setup(): void {
  execFileSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' });
  execFileSync(process.execPath, ['scripts/build.mjs', '--entry', 'test/pty/crash.tsx', '--out', BUGGY], {
    stdio: 'inherit',
  });
}
