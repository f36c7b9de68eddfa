/** Makes the parts of an agent from its options and its state, and hands them to each other. */
import type { DestinationConfig } from '../contract/destination.ts'
import type { Settings } from '../contract/settings.ts'
import { openCatalog } from '../engine/catalog/open.ts'
import { createEngine, type Engine, type EngineDeps } from '../engine/engine.ts'
import { reasonOf } from '../engine/errors.ts'
import type { Redactor } from '../engine/secret.ts'
import { localIso } from '../engine/time.ts'
import type { World } from '../engine/world.ts'
import type { AgentContext, AgentMode } from './context.ts'
import { DestinationStates } from './destination-states.ts'
import { createEventBus } from './events.ts'
import type { AgentState } from './open-state.ts'
import { cleanAfter } from './handlers/cleanup.ts'
import { importPlace } from './recovery.ts'
import { newsOfRun } from './run-places.ts'
import { Runs } from './runs.ts'
import { tellChanges } from './settings-events.ts'
import { SummaryKeeper } from './summary-keeper.ts'
import type { LogEcho } from './state/agent-log.ts'
import { Tasks } from './tasks.ts'

export interface AgentOptions {
  /** The state directory; made where it is absent. */
  readonly home: string
  readonly world: World
  readonly version: string
  readonly mode: AgentMode
  /** Where to serve the pages; not at all where it is false or absent. */
  readonly http?: { readonly host: string; readonly port: number } | false | undefined
  readonly allowHosts?: readonly string[]
  /** Folder of the built pages. */
  readonly pagesDir?: string | undefined
  /** Gets what is logged, line by line, beside the log files. */
  readonly logEcho?: LogEcho | undefined
  /** Tests hand in an engine of their own. */
  readonly createEngine?: (deps: EngineDeps) => Engine
  /** How long safe mode lasts; tests shorten it. */
  readonly safeModeMs?: number
  /** How long a cancelled run may take to settle; tests shorten it. */
  readonly cancelGraceMs?: number
}

export interface AgentParts {
  readonly context: AgentContext
  /** Ends what goes on beside the calls. */
  settle(): Promise<void>
}

/** What the parts ask of the agent that they make up. */
type Hooks = Pick<AgentContext, 'signal' | 'web' | 'requestStop' | 'safeMode'>

/** @throws BackupError `catalog-unusable` */
export function assemble(options: AgentOptions, state: AgentState, redactor: Redactor, hooks: Hooks): AgentParts {
  const { version, mode } = options
  const { settings, secrets, runLogs, log, paths } = state
  const world: World = { ...options.world, secret: (name) => secrets.get(name) }
  const tasks = new Tasks((what, error) => log.warn(`${what}: ${reasonOf(error)}`))
  const events = createEventBus(redactor, (error) => log.error(`a listener failed: ${reasonOf(error)}`))
  const catalog = openCatalog({ path: paths.catalog, names: state.names, world })
  const engine = engineOf(options, state, { world, catalog, redactor })
  const destinations = new DestinationStates({
    ...{ engine, clock: world.clock, events, signal: hooks.signal },
    onUnknownSets: (place) => {
      const importing = importPlace(place, context)
      tasks.background('read a destination', () => importing)
      return importing
    },
  })
  state.onSettings((now, before) => {
    for (const place of before.destinations) if (!isSamePlace(place, now)) destinations.forget(place.id)
    tellChanges(now, before, events)
  })
  const lookAtPlaces = (): Promise<void> => {
    const looking = destinations.refresh(settings.current().destinations)
    tasks.background('look at the destinations', () => looking)
    return looking
  }
  const runs = new Runs({
    ...{ world, catalog, events, redactor },
    openLog: (run) => state.openRunLog(run),
    warn: (text) => log.warn(text),
    ended: (spec, record) => {
      for (const { destination, code } of newsOfRun(spec, record)) destinations.note(destination, code)
      cleanAfter(record, context)
    },
    graceMs: options.cancelGraceMs,
  })
  const summary = new SummaryKeeper({
    ...{ clock: world.clock, catalog, settings, runs, destinations, events },
    agent: { version, startedAt: localIso(world.clock.now()), hostname: world.host.hostname, home: paths.home, mode },
    notices: () => [...hooks.safeMode.notices(), ...state.notices()],
    startsNothing: () => hooks.safeMode.isOn,
    // One that lives as long as a command looks when it is asked to.
    look: mode === 'agent' ? () => void lookAtPlaces() : () => undefined,
    onError: (error) => log.warn(`the light could not be worked out: ${reasonOf(error)}`),
  })
  const context: AgentContext = {
    ...hooks,
    ...{ world, version, home: paths.home, mode, settings, secrets, runLogs, log },
    ...{ catalog, engine, runs, events, redactor, destinations },
    summary: () => summary.now(),
    lookAtPlaces,
    background: (what, work) => tasks.background(what, work),
    exclusively: (work) => tasks.exclusively(work),
  }
  return {
    context,
    settle: async () => {
      await tasks.settle()
      summary.stop()
    },
  }
}

function engineOf(
  { createEngine: make = createEngine, version }: AgentOptions,
  { settings, paths }: AgentState,
  parts: Pick<EngineDeps, 'world' | 'catalog' | 'redactor'>,
): Engine {
  const { installId } = settings.current()
  return make({ ...parts, version, installId, workRoot: paths.work, jobs: () => settings.current().jobs })
}

function isSamePlace(place: DestinationConfig, now: Settings): boolean {
  return now.destinations.some((other) => other.id === place.id && other.path === place.path)
}
