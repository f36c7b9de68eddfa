/** What a kind of service does for the agent: it starts it with the computer, with nobody logged in, and again after a crash. */
import type { World } from '../../engine/world.ts'

/** What the person asked for. */
export interface ServiceRequest {
  /** The state directory: an absolute path. */
  readonly home: string
  /** Account under which the service runs; the system's own (root) where none is named. */
  readonly user?: string | undefined
  /** Folders besides those of the jobs that it may write to: where a restore is to go, or a place that is yet to be added. */
  readonly writable: readonly string[]
}

/** What would be done; nothing has been. */
export interface ServicePlan {
  readonly request: ServiceRequest
  /** The file that makes it a service, and all that will stand in it. */
  readonly path: string
  readonly text: string
}

export interface ServiceState {
  readonly kind: string
  readonly installed: boolean
  /** Starts with the computer. */
  readonly enabled: boolean
  readonly running: boolean
  /** What was written at install; absent where it is not installed. */
  readonly path?: string
  readonly home?: string
  readonly user?: string
  readonly version?: string
}

/**
 * Promises: `plan` and `state` change nothing. `install` may be repeated: it takes over what the jobs need now and starts the agent anew.
 * `uninstall` lets the agent end what it does, and never touches the state directory.
 */
export interface ServiceKind {
  readonly name: string
  /** @throws BackupError `config-invalid`, `service-path` */
  plan(request: ServiceRequest): Promise<ServicePlan>
  /** @throws BackupError `service-unavailable`, `service-rights`, `service-foreign`, `agent-running`, `service-failed` */
  install(plan: ServicePlan): Promise<void>
  /** Returns what there was. @throws BackupError `service-unavailable`, `service-rights`, `service-foreign`, `service-failed` */
  uninstall(): Promise<ServiceState>
  state(): Promise<ServiceState>
}

/** What a kind stands on; tests put a folder in the place of the system's root. */
export interface ServiceDeps {
  readonly world: World
  readonly version: string
  /** The command line of the agent: an absolute program, and its arguments. */
  readonly command: readonly [string, ...string[]]
  readonly uid: number | undefined
  /** `/`. */
  readonly root: string
}
