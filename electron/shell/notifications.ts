/** Toasts: a failed run is told each time, a good one only when it ends a failure; a click leads to the run. */
import { Notification } from 'electron'
import type { AgentEvent } from '../contract/event.ts'
import type { RunRecord } from '../contract/run.ts'
import type { Summary } from '../contract/summary.ts'
import type { Language } from '../contract/words.ts'
import { toastFor } from './toast-model.ts'

export interface NotificationDeps {
  readonly language: () => Language
  readonly open: (route: string) => void
}

export class Toasts {
  readonly #deps: NotificationDeps
  /** Jobs whose failure has not been followed by a good run yet. */
  readonly #failing = new Set<string>()
  /** A toast that is garbage-collected loses its click. */
  readonly #shown = new Set<Notification>()

  constructor(deps: NotificationDeps) {
    this.#deps = deps
  }

  /** What failed while no shell was watching still gets its "good again". */
  learn(summary: Summary): void {
    for (const job of summary.jobs) if (job.lastRun?.outcome === 'failed') this.#failing.add(job.job)
  }

  hear(event: AgentEvent): void {
    if (event.type !== 'run.finished') return
    const { run } = event
    const toast = toastFor(run, this.#isFailing(run), this.#deps.language())
    this.#note(run)
    if (toast === undefined || !Notification.isSupported()) return
    const notification = new Notification({
      title: toast.title,
      body: toast.body,
      timeoutType: toast.urgent ? 'never' : 'default',
    })
    this.#shown.add(notification)
    notification.on('click', () => this.#deps.open(toast.route))
    notification.on('close', () => this.#shown.delete(notification))
    notification.show()
  }

  #isFailing(run: RunRecord): boolean {
    return run.job !== undefined && this.#failing.has(run.job)
  }

  #note({ kind, job, outcome }: RunRecord): void {
    if (kind !== 'backup' || job === undefined) return
    if (outcome === 'failed') this.#failing.add(job)
    if (outcome === 'good') this.#failing.delete(job)
  }
}
