#!/usr/bin/env node
/** Entry of the command line: the real terminal, the real agent, one exit code. */
import { stateDirectory } from '../client/home.ts'
import { connect } from './connect.ts'
import { terminalIo } from './io.ts'
import { runProgram } from './program.ts'
import { version } from './version.ts'

// A reader that has gone (`sitekeep list | head`) is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

/** What a run left open (a file on a share that does not answer) must not keep a command whose work is done. */
const LINGER_MS = 2000

process.exitCode = await runProgram(process.argv.slice(2), {
  io: terminalIo(),
  environment: process.env,
  // npm changes the working directory to that of package.json and leaves the person's own in INIT_CWD.
  workingDirectory: process.env['INIT_CWD'] ?? process.cwd(),
  home: stateDirectory(),
  version,
  connect,
  service: async () => (await import('./command-mode.ts')).systemService(),
})
setTimeout(() => process.exit(), LINGER_MS).unref()
