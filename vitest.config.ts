import { defineConfig } from 'vitest/config';

// Servers that are there only where somebody started them: `npm run test:live`.
const live = {
  test: {
    name: 'live',
    include: ['test/live/**/*.test.ts'],
    globalSetup: ['test/live/setup.ts'],
    testTimeout: 60_000,
    fileParallelism: false,
    sequence: { groupOrder: 3 },
  },
};

export default defineConfig(({ mode }) => ({
  test: {
    projects: [
      {
        test: {
          name: 'units',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/{pty,live}/**', 'test/tidy.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      { test: { name: 'tidy', include: ['test/tidy.test.ts'], testTimeout: 60_000, sequence: { groupOrder: 1 } } },
      {
        // Real terminals last and one at a time, so that their clocks are their own.
        test: {
          name: 'terminal',
          include: ['test/pty/**/*.test.ts'],
          globalSetup: ['test/pty/bundle.ts'],
          testTimeout: 30_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      ...(mode === 'live' ? [live] : []),
    ],
  },
}));
