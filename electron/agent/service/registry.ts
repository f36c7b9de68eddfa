/** The kinds of services by system: the one place that names them. */
import { BackupError } from '../../engine/errors.ts'
import type { ServiceDeps, ServiceKind } from './service.ts'
import { systemdService } from './systemd.ts'
import { DEFAULT_HOME } from './unit-text.ts'

interface ServiceRow {
  /** Where the state lies when nobody says otherwise (DESIGN §8). */
  readonly home: string
  readonly make: (deps: ServiceDeps) => ServiceKind
}

const kinds: Partial<Record<NodeJS.Platform, ServiceRow>> = {
  linux: { home: DEFAULT_HOME, make: systemdService },
}

export interface Service {
  readonly kind: ServiceKind
  readonly defaultHome: string
}

/** @throws BackupError `service-not-here` where Sitekeep knows no service on this system */
export function serviceOf(deps: ServiceDeps): Service {
  const { platform } = deps.world.host
  const row = kinds[platform]
  if (row === undefined) throw new BackupError('service-not-here', { system: platform })
  return { kind: row.make(deps), defaultHome: row.home }
}
