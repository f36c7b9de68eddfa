/** Entry of the child process that works on databases, off the agent's event loop. */
import { runWorker } from '../engine/worker/run-worker.ts'

await runWorker(process.argv.slice(2))
