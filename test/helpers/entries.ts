/** The programs that tests start as processes of their own: as users run them in `npm test`, which builds first; from the sources otherwise. */
import { fileURLToPath } from 'node:url'

const isBuilt = process.env['SITEKEEP_TEST_BUILT'] === '1'

function entry(built: string, source: string): string {
  return fileURLToPath(new URL(`../../${isBuilt ? built : source}`, import.meta.url))
}

/** `sitekeep`. */
export const cliEntry = entry('out/main/cli.js', 'electron/cli/main.ts')

/** The agent. */
export const agentEntry = entry('out/main/agent.js', 'electron/agent/main.ts')
