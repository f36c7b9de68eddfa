/** The only file in which a channel between page and shell is named, and the shape of `window.sitekeep` that stands on them. */
import type { Result } from './error.ts'
import type { AgentEvent } from './event.ts'
import type { MethodName, ParamsIn, ResultOf } from './rpc.ts'
import type { LinkState, PickOptions, Preferences } from './shell.ts'

/** No runtime import here: the sandboxed preload carries this file and nothing else of the contract. */
export const channels = {
  /** Page → shell → agent: `(method, params)`, answered by a `Result`. */
  call: 'sitekeep:call',
  /** Page → shell: `(request, params)` of `shellRequests`, answered by a `Result`. */
  shell: 'sitekeep:shell',
  /** Shell → page: one `AgentEvent`, as the agent sent it. */
  event: 'sitekeep:event',
  /** Shell → page: the `LinkState`, whenever it changes. */
  link: 'sitekeep:link',
  /** Shell → page: the `Preferences`, whenever they change. */
  preferences: 'sitekeep:preferences',
  /** Shell → page: the hash route to show, such as `#/history/run_3f9a01`. */
  route: 'sitekeep:route',
} as const

/** What the preload puts on `window.sitekeep`. Absent in a browser, where the same pages speak HTTP to the agent. */
export interface SitekeepBridge {
  /** Never rejects for what the agent refuses: errors cross as data. */
  readonly call: <M extends MethodName>(method: M, params: ParamsIn<M>) => Promise<Result<ResultOf<M>>>
  /** What the agent tells unasked; returns the unsubscribe function. */
  onEvent(listener: (event: AgentEvent) => void): () => void
  readonly shell: {
    readonly platform: string
    /** A native dialog; null where the person cancelled. */
    pickFile(options?: PickOptions): Promise<string | null>
    pickFolder(options?: PickOptions): Promise<string | null>
    /** Shows a folder in the file manager; a file is shown in its folder, never opened. Rejects with words where it may not. */
    openPath(path: string): Promise<void>
    /** Loads this page anew; a page may not do so by itself. */
    reload(): Promise<void>
    readonly preferences: {
      get(): Promise<Preferences>
      set(patch: Partial<Pick<Preferences, 'language' | 'theme'>>): Promise<Preferences>
      onChange(listener: (preferences: Preferences) => void): () => void
    }
    readonly link: {
      /** Whether the service answers. After a gap (`down` → `connected`) events may have been missed: ask anew. */
      state(): Promise<LinkState>
      onChange(listener: (link: LinkState) => void): () => void
      /** Tries again now instead of waiting for the back-off to pass. */
      retry(): Promise<LinkState>
    }
  }
}
