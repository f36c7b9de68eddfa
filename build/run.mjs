#!/usr/bin/env node
/** The one door to every house command: brings dependencies, a fitting Node and a fresh build, then runs. Needs nothing but Node 20 and npm. */

const major = Number(process.versions.node.split('.')[0])
if (major < 20) {
  process.stderr.write(
    `Sitekeep needs Node 20 or newer; this is Node ${process.versions.node}. Get it from https://nodejs.org\n`,
  )
  process.exit(1)
}

// Loaded only now: an older Node would fail on its syntax before it could say anything useful.
const { run } = await import('./run/commands.mjs')
process.exitCode = await run(process.argv.slice(2))
