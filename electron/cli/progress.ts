/** The progress bar of a run, on a terminal only. */
import cliProgress from 'cli-progress'
import type { Progress } from '../contract/run.ts'
import type { Cli } from './cli.ts'
import { formatBytes, formatSeconds } from './format.ts'

export interface ProgressBar {
  show(progress: Progress): void
  close(): void
}

/** Draws on standard error, so that standard output stays the command's result. Draws nothing for a program. */
export function openProgress(cli: Cli): ProgressBar {
  const stream = cli.io.progressStream
  if (stream === undefined || cli.json) return { show: () => undefined, close: () => undefined }
  const bar = new cliProgress.SingleBar({
    format: '{bar} {percentage}%  {stage} {what}',
    barsize: 24,
    stream,
    hideCursor: true,
    clearOnComplete: true,
    fps: 8,
  })
  bar.start(100, 0, { stage: '', what: '' })
  return {
    show: (progress) =>
      bar.update(Math.floor(progress.fraction * 100), { stage: progress.stage, what: what(progress) }),
    close: () => bar.stop(),
  }
}

function what({ source, bytes, rate, secondsLeft }: Progress): string {
  const parts = [source, formatBytes(bytes), rate > 0 ? `${formatBytes(rate)}/s` : undefined]
  const left = secondsLeft === undefined ? undefined : `~${formatSeconds(secondsLeft)}`
  return [...parts, left].filter((part) => part !== undefined).join(' · ')
}
