/** Which finished run deserves a toast, and its words. Pure: whether the job was failing before is passed in. */
import type { RunRecord } from '../contract/run.ts'
import { wordsOf, type Language } from '../contract/words.ts'
import { shellWords } from './words.ts'

export interface Toast {
  readonly title: string
  readonly body: string
  /** The page that the toast leads to. */
  readonly route: string
  readonly urgent: boolean
}

/** A failure is told every time; a success only where it ends a failure. Cancelled runs are the person's own doing. */
export function toastFor(run: RunRecord, wasFailing: boolean, language: Language): Toast | undefined {
  const words = shellWords(language)
  const route = `#/history/${run.id}`
  if (run.outcome === 'failed') {
    const body = run.error === undefined ? '' : wordsOf(run.error.code, run.error.detail ?? {}, language).message
    return { title: words.failedTitle(run.jobName, run.kind), body, route, urgent: true }
  }
  if (run.kind === 'backup' && run.outcome === 'good' && wasFailing) {
    return { title: words.goodAgainTitle(run.jobName), body: words.goodAgainBody, route, urgent: false }
  }
  return undefined
}
