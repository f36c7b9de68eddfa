/** After three crashes in ten minutes the agent answers, but begins nothing by itself, until a person or an hour has passed (faults.md A14). */
import type { Summary } from '../contract/summary.ts'

/** As long as a crash that goes by itself (a share, a disk) may need; a night is not missed by it. */
const REST_MS = 60 * 60_000

export class SafeMode {
  #crashes: number
  #leaving: () => void = () => undefined
  #timer: NodeJS.Timeout | undefined

  /** @param crashes 0 where there is no reason for it */
  constructor(crashes: number) {
    this.#crashes = crashes
  }

  get isOn(): boolean {
    return this.#crashes > 0
  }

  notices(): Summary['notices'] {
    return this.isOn ? [{ code: 'safe-mode', detail: { count: this.#crashes } }] : []
  }

  /** `leaving` is called once, when it ends: by `leave`, or after the rest. */
  whenLeft(leaving: () => void, restMs = REST_MS): void {
    this.#leaving = leaving
    this.#timer = setTimeout(() => this.leave(), restMs)
    this.#timer.unref()
  }

  leave(): void {
    if (!this.isOn) return
    this.stop()
    this.#crashes = 0
    this.#leaving()
  }

  /** The agent ends: nothing is begun any more. */
  stop(): void {
    clearTimeout(this.#timer)
  }
}
