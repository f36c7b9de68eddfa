/** Compose files whose services make a crontab by piping lines into `crontab -`, as old tasks. */
import { parse } from 'yaml'
import type { SourceDraft } from '../../contract/source.ts'
import type { Unmapped } from '../../contract/task-import.ts'
import { readCrontab } from './crontab.ts'
import { unmapped, type OldTask } from './old-task.ts'
import { folderOf, isWithin, resolveIn } from './paths.ts'

/** Says what the service calls a thing as this computer calls it; undefined where it has no name here. */
export type Outward = (source: SourceDraft) => SourceDraft | undefined

export interface ComposeTask extends OldTask {
  readonly outward: Outward
}

export function looksLikeCompose(text: string): boolean {
  return /^\s*services\s*:/m.test(text) && /^\s+(image|build|command|entrypoint|container_name|volumes)\s*:/m.test(text)
}

interface Service {
  readonly name: string
  readonly container: string
  readonly scripts: readonly string[]
  readonly mounts: readonly { readonly inside: string; readonly outside: string }[]
}

/** @param path of the file on this computer, where it lies there: volumes are named relative to it */
export function readCompose(
  text: string,
  name: string,
  path: string | undefined,
): { tasks: ComposeTask[]; unmapped: Unmapped[] } {
  const services = servicesIn(parsed(text), path)
  const tasks: ComposeTask[] = []
  const left: Unmapped[] = []
  for (const service of services) {
    const label = `${name} ${service.name}`
    for (const script of service.scripts) {
      const { live, lost, unread } = crontabOf(script)
      const outward = outwardOf(service, services)
      tasks.push(...readCrontab(live.join('\n'), { label, hasUsers: false }).map((task) => ({ ...task, outward })))
      left.push(...lost.map((line) => unmapped(label, 'crontab-overwritten', {}, line.split(/\s+/, 5).join(' '))))
      if (unread) left.push(unmapped(label, 'crontab-not-read'))
    }
  }
  return { tasks, unmapped: left }
}

function parsed(text: string): unknown {
  try {
    // Aliases are what makes a small file large.
    return parse(text, { maxAliasCount: 100, logLevel: 'silent' })
  } catch {
    // No YAML after all: then nothing is found in it, and that is what is said.
    return undefined
  }
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined
}

function servicesIn(document: unknown, path: string | undefined): Service[] {
  const services = field(document, 'services')
  if (typeof services !== 'object' || services === null) return []
  return Object.entries(services as Record<string, unknown>).map(([name, service]) => {
    const container = field(service, 'container_name')
    return {
      name,
      container: typeof container === 'string' ? container : name,
      scripts: [field(service, 'entrypoint'), field(service, 'command')].flatMap((value) => scriptOf(value) ?? []),
      mounts: mountsOf(field(service, 'volumes'), path),
    }
  })
}

/** What a shell is given; Compose writes `$` as `$$`. */
function scriptOf(value: unknown): string | undefined {
  const words = Array.isArray(value) ? value.map(String) : undefined
  const text = words === undefined ? value : (words.at(-1) ?? '')
  if (typeof text !== 'string') return undefined
  const inner = /^\s*\S*sh\s+-\w*c\s+(["'])([\s\S]*)\1\s*$/.exec(text)
  const script = inner?.[2] === undefined ? text : inner[1] === '"' ? inner[2].replace(/\\(["\\$`])/g, '$1') : inner[2]
  return script.replaceAll('$$', '$')
}

function mountsOf(volumes: unknown, path: string | undefined): Service['mounts'] {
  if (!Array.isArray(volumes)) return []
  return volumes.flatMap((volume: unknown) => {
    const [source, target] =
      typeof volume === 'string' ? splitMount(volume) : [field(volume, 'source'), field(volume, 'target')]
    if (typeof source !== 'string' || typeof target !== 'string' || !/^[./~]|^[a-z]:[\\/]/i.test(source)) return []
    return [{ inside: target, outside: resolveIn(path === undefined ? undefined : folderOf(path), source) }]
  })
}

function splitMount(text: string): readonly (string | undefined)[] {
  const found = /^((?:[a-z]:)?[^:]+):([^:]+)(?::[\w,]+)?$/i.exec(text)
  return [found?.[1], found?.[2]]
}

function outwardOf(service: Service, services: readonly Service[]): Outward {
  const host = (path: string): string | undefined => {
    const mount = service.mounts.find(({ inside }) => isWithin(path, inside))
    if (mount === undefined || !/^(\/|[a-z]:)/i.test(mount.outside)) return undefined
    return `${mount.outside}${path.slice(mount.inside.replace(/\/$/, '').length)}`
  }
  return (source) => {
    if (source.kind === 'sqlite') return withPath(host(source.path), (path) => ({ ...source, path }))
    if (source.kind === 'files') return withPath(host(source.roots[0] ?? ''), (root) => ({ ...source, roots: [root] }))
    if (source.kind === 'config') return withPath(host(source.globs[0] ?? ''), (glob) => ({ ...source, globs: [glob] }))
    const { server } = source
    const other = server.via === 'host' ? services.find(({ name }) => name === server.host) : undefined
    if (other === undefined || server.via !== 'host') return source
    return { ...source, server: { via: 'container', container: other.container, user: server.user } }
  }
}

function withPath(path: string | undefined, make: (path: string) => SourceDraft): SourceDraft | undefined {
  return path === undefined ? undefined : make(path)
}

/** Lines that are in force in the end, those that a later `crontab -` has thrown away, and whether some could not be read. */
function crontabOf(script: string): { live: string[]; lost: string[]; unread: boolean } {
  let live: string[] = []
  const lost: string[] = []
  let unread = false
  for (const statement of statementsOf(script)) {
    if (!/\bcrontab\s+(?:-u\s+\S+\s+)?(?:-(?!\w)|\/\S+)|\bcrontab\s*<</.test(statement)) continue
    const lines = linesIn(statement)
    unread ||= lines.length === 0
    // `(crontab -l; echo …) | crontab -` keeps what was there.
    if (!/crontab\s+-l\b/.test(statement)) lost.push(...live.splice(0))
    live = [...live, ...lines]
  }
  return { live, lost, unread }
}

function linesIn(statement: string): string[] {
  const quoted = /(?:echo|printf)\s+(?:-\w+\s+)*(?:'%s\\n'\s+)?(?:"((?:\\.|[^"\\])*)"|'([^']*)')/g
  return [...statement.matchAll(quoted)].flatMap(([, double, single]) =>
    (double?.replace(/\\(["\\$`])/g, '$1') ?? single ?? '').split(/\\n|\n/).filter((line) => line.trim() !== ''),
  )
}

/** Cut at `;`, `&&`, `||` and line ends, outside quotes and brackets. */
function statementsOf(script: string): string[] {
  const part = /\\[\s\S]|"(?:\\[\s\S]|[^"\\])*"?|'[^']*'?|&&|\|\||[;\n()]|[^\\"';\n()&|]+|[&|]/g
  const statements: string[] = []
  let text = ''
  let depth = 0
  for (const [token] of script.matchAll(part)) {
    if (token === '(') depth += 1
    if (token === ')') depth -= 1
    const isEnd = depth <= 0 && /^(;|\n|&&|\|\|)$/.test(token)
    if (isEnd) statements.push(text)
    text = isEnd ? '' : `${text}${token === '\\\n' ? ' ' : token}`
  }
  return [...statements, text]
}
