/** `npm run bench [NAME…] [-- --rounds N]`: our work beside the tools it replaces, in one run on one machine, as ratios. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Comparison, Measurement } from './measurement.ts'
import { postgres } from './postgres.ts'

const measurements: readonly Measurement[] = [postgres]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '3' }, megabytes: { type: 'string' } },
})
const chosen = measurements.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
if (chosen.length === 0) {
  process.stderr.write(`There are: ${measurements.map(({ name }) => name).join(', ')}\n`)
  process.exit(2)
}

for (const measurement of chosen) {
  const dir = mkdtempSync(join(tmpdir(), 'sitekeep-bench-'))
  try {
    const megabytes = Number(values.megabytes ?? measurement.megabytes)
    process.stdout.write(`${measurement.title}; best of ${values.rounds}\n`)
    for (const comparison of await measurement.run({ dir, megabytes, rounds: Number(values.rounds) })) show(comparison)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** Each row with its ratio to each of the peers, in their order. */
function show({ title, rows }: Comparison): void {
  process.stdout.write(` ${title}\n`)
  const width = Math.max(...rows.map(({ what }) => what.length))
  for (const { what, seconds, bytes } of rows) {
    const stored = bytes === undefined ? '' : `${(bytes / 1e6).toFixed(0)} MB`
    const ratios = rows.filter(({ isPeer }) => isPeer).map((peer) => `${(seconds / peer.seconds).toFixed(2)} ×`)
    process.stdout.write(
      `  ${what.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${stored.padStart(8)}  ${ratios.join('  ')}\n`,
    )
  }
}
