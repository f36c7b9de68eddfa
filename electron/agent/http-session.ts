/** Signs browsers in: a one-time code from the URL's fragment is traded for an HttpOnly cookie; only hashes are kept (faults.md X22, X23). */
import { createHash } from 'node:crypto'
import type { Role } from '../contract/rpc.ts'
import type { World } from '../engine/world.ts'

const CODE_MS = 10 * 60_000
/** A browser that is used stays signed in; one that lies idle for a working day does not. */
const SESSION_MS = 12 * 60 * 60_000
const MAX_CODES = 20
const MAX_SESSIONS = 50
/** Wrong codes within a minute before all are refused for the rest of it. A code has 256 bits: this only keeps the log short. */
const MAX_WRONG = 10
const WRONG_WINDOW_MS = 60_000

interface Grant {
  readonly role: Role
  until: number
}

export class HttpSessions {
  readonly #world: Pick<World, 'clock' | 'random'>
  readonly #cookieName: string
  readonly #codes = new Map<string, Grant>()
  readonly #sessions = new Map<string, Grant>()
  #wrong: number[] = []

  /** @param port part of the cookie's name: cookies are shared by all ports of a host. */
  constructor(world: Pick<World, 'clock' | 'random'>, port: number) {
    this.#world = world
    this.#cookieName = `sitekeep_${port}`
  }

  /** A code that works once within ten minutes. */
  issueCode(role: Role): string {
    const code = this.#world.random(32)
    keep(this.#codes, hash(code), { role, until: this.#now() + CODE_MS }, MAX_CODES)
    return code
  }

  /** The `Set-Cookie` value for a code, or why there is none. The code is used up either way. */
  redeem(code: string): { readonly cookie: string } | 'wrong' | 'too-many' {
    const now = this.#now()
    this.#wrong = this.#wrong.filter((at) => now - at < WRONG_WINDOW_MS)
    if (this.#wrong.length >= MAX_WRONG) return 'too-many'
    const key = hash(code)
    const grant = this.#codes.get(key)
    this.#codes.delete(key)
    if (grant === undefined || grant.until < now) {
      this.#wrong.push(now)
      return 'wrong'
    }
    const session = this.#world.random(32)
    keep(this.#sessions, hash(session), { role: grant.role, until: now + SESSION_MS }, MAX_SESSIONS)
    return { cookie: `${this.#cookieName}=${session}; Path=/; HttpOnly; SameSite=Strict` }
  }

  /** The role of the session in a `Cookie` header, or undefined. */
  roleOf(cookieHeader: string | undefined): Role | undefined {
    const session = cookieValues(cookieHeader ?? '', this.#cookieName)
    // Two of one name: someone has set a second; neither is believed.
    if (session.length !== 1 || session[0] === undefined) return undefined
    const grant = this.#sessions.get(hash(session[0]))
    const now = this.#now()
    if (grant === undefined || grant.until < now) return undefined
    grant.until = now + SESSION_MS
    return grant.role
  }

  #now(): number {
    return this.#world.clock.monotonic()
  }
}

/** Looking a hash up tells nothing of the secret through its timing. */
function hash(value: string): string {
  return createHash('sha256').update(value).digest('hex')
}

/** Adds, and forgets the oldest beyond `limit`. */
function keep(grants: Map<string, Grant>, key: string, grant: Grant, limit: number): void {
  grants.set(key, grant)
  for (const oldest of grants.keys()) {
    if (grants.size <= limit) return
    grants.delete(oldest)
  }
}

function cookieValues(header: string, name: string): string[] {
  return header
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.startsWith(`${name}=`))
    .map((part) => part.slice(name.length + 1))
}
