import type { TestProject } from 'vitest/node';
import { setup as bundle } from '../pty/bundle.ts';
import { lab, wayToTheLab } from './lab.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** What goes before a command so that it reaches the lab; undefined where there is none. */
    wayToTheLab: readonly string[] | undefined;
  }
}

/** Bundles the program and looks for the lab; where there is none, that is said once. */
export async function setup(project: TestProject): Promise<void> {
  const way = await wayToTheLab();
  project.provide('wayToTheLab', way);
  if (way) bundle();
  else console.log(`Skipped: no lab answers at ${lab.mimir}, here or in a network namespace ${lab.namespace}.`);
}
