/** Who may speak to the loopback pages at all: Host, Origin and fetch metadata, decided before any routing (faults.md X07, X08). Pure. */

/** What of a request the decision needs. */
export interface RequestHead {
  readonly method: string
  /** The request target as sent. */
  readonly target: string
  /** Name and value in turn, as received: a doubled header is seen. */
  readonly rawHeaders: readonly string[]
}

export interface GuardRules {
  /** `host:port` values, lower case, that name this server. */
  readonly hosts: ReadonlySet<string>
  /** `http://host:port` values, lower case, of its own pages. */
  readonly origins: ReadonlySet<string>
}

export interface Refusal {
  readonly status: 403 | 405 | 415 | 421
  readonly reason: string
}

const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'] as const
const METHODS = new Set(['GET', 'HEAD', 'POST'])

/** @param allowed names given by `--allow-host`; such a name may also be reached through a proxy on the ordinary ports. */
export function guardRules(port: number, allowed: readonly string[]): GuardRules {
  const names = allowed.map((name) => name.toLowerCase())
  const ordinary = port === 80 ? LOOPBACK : []
  const hosts = [...LOOPBACK, ...names].map((name) => (/:\d+$/.test(name) ? name : `${name}:${port}`))
  const all = new Set([...hosts, ...names, ...ordinary])
  const origins = [...all].flatMap((host) =>
    names.some((name) => host.startsWith(name)) ? [`http://${host}`, `https://${host}`] : [`http://${host}`],
  )
  return { hosts: all, origins: new Set(origins) }
}

/** Why the request is refused, or undefined. Nothing has been read of the body, nothing looked up. */
export function refusalOf(head: RequestHead, rules: GuardRules): Refusal | undefined {
  // An absolute-form target (`GET http://evil/`) would override Host.
  if (!head.target.startsWith('/') || head.target.startsWith('//')) return { status: 421, reason: 'target' }
  const hosts = headerValues(head, 'host')
  if (hosts.length !== 1 || !rules.hosts.has((hosts[0] ?? '').toLowerCase())) return { status: 421, reason: 'host' }
  if (!METHODS.has(head.method)) return { status: 405, reason: 'method' }
  return originRefusal(head, rules) ?? (head.method === 'POST' ? bodyRefusal(head) : undefined)
}

function originRefusal(head: RequestHead, rules: GuardRules): Refusal | undefined {
  const origins = headerValues(head, 'origin')
  if (origins.length > 1 || origins.some((origin) => !rules.origins.has(origin.toLowerCase())))
    return { status: 403, reason: 'origin' }
  // Browsers send Origin with every POST; what sends none is no page of ours.
  if (head.method === 'POST' && origins.length === 0) return { status: 403, reason: 'origin' }
  const site = headerValues(head, 'sec-fetch-site')[0]
  if (site === undefined || site === 'same-origin' || site === 'none') return undefined
  return isNavigation(head) ? undefined : { status: 403, reason: 'cross-site' }
}

/** A link from elsewhere may open the page: it carries nobody's data, and the Strict cookie does not come along. */
function isNavigation(head: RequestHead): boolean {
  return (
    head.method === 'GET' &&
    !/^\/(api|auth)(\/|$|\?)/.test(head.target) &&
    headerValues(head, 'sec-fetch-mode')[0] === 'navigate' &&
    headerValues(head, 'sec-fetch-dest')[0] === 'document'
  )
}

/** A form or a `no-cors` fetch cannot send this content type without asking first, and is never allowed to. */
function bodyRefusal(head: RequestHead): Refusal | undefined {
  const types = headerValues(head, 'content-type')
  const isJson = types.length === 1 && /^application\/json(;\s*charset=utf-8)?$/i.test(types[0] ?? '')
  return isJson ? undefined : { status: 415, reason: 'content-type' }
}

function headerValues(head: RequestHead, name: string): string[] {
  const values: string[] = []
  for (let i = 0; i + 1 < head.rawHeaders.length; i += 2)
    if (head.rawHeaders[i]?.toLowerCase() === name) values.push(head.rawHeaders[i + 1] ?? '')
  return values
}
