/** The only file in which a channel between page and shell is named, and the shape of `window.sitekeep` that stands on them. */
import type { Result } from './error.ts'
import type { MethodName, ParamsIn, ResultOf } from './rpc.ts'
import type { LinkState, PageEvent, PickOptions, Preferences } from './shell.ts'

/** No runtime import here: the sandboxed preload carries this file and nothing else of the contract. */
export const channels = {
  /** Page → shell → agent: `(method, params)`, answered by a `Result`. */
  call: 'sitekeep:call',
  /** Page → shell: `(request, params)` of `shellRequests`, answered by a `Result`. */
  shell: 'sitekeep:shell',
  /** Shell → page: one `PageEvent`. */
  event: 'sitekeep:event',
  /** Shell → page: the hash route to show, such as `#/history/run_3f9a01`. */
  route: 'sitekeep:route',
} as const

/** What the preload puts on `window.sitekeep`. Absent in a browser, where the same pages speak HTTP to the agent. */
export interface SitekeepBridge {
  /** Never rejects for what the agent refuses: errors cross as data. */
  call<M extends MethodName>(method: M, params: ParamsIn<M>): Promise<Result<ResultOf<M>>>
  /** Everything the agent and the shell tell unasked; returns the unsubscribe function. */
  onEvent(listener: (event: PageEvent) => void): () => void
  readonly shell: {
    readonly platform: string
    /** A native dialog; null where the person cancelled. */
    pickFile(options?: PickOptions): Promise<string | null>
    pickFolder(options?: PickOptions): Promise<string | null>
    /** Shows a folder in the file manager; a file is shown in its folder, never opened. Rejects with words where it may not. */
    openPath(path: string): Promise<void>
    readonly preferences: {
      get(): Promise<Preferences>
      set(patch: Partial<Preferences>): Promise<Preferences>
    }
    readonly link: {
      /** Whether the service answers; changes come as `link.changed`. */
      state(): Promise<LinkState>
      /** Tries again now instead of waiting for the back-off to pass. */
      retry(): Promise<LinkState>
    }
  }
}
