/**
 * Signs browsers in: a one-time code from the URL's fragment is traded for an HttpOnly cookie and a token that the page sends in a
 * header; only hashes are kept (faults.md X22, X23). Either alone opens nothing: browsers give a cookie to every port of a host,
 * so to whatever other program serves a page there, while a page's token stays with its own port.
 */
import { createHash } from 'node:crypto'
import type { Role } from '../contract/rpc.ts'
import type { World } from '../engine/world.ts'

const CODE_MS = 10 * 60_000
/** A browser that is used stays signed in; one that lies idle for a working day does not. */
const SESSION_MS = 12 * 60 * 60_000
const MAX_CODES = 20
const MAX_SESSIONS = 50
/** Tabs that were signed in one by one within one browser. */
const MAX_TOKENS = 20
/** Wrong codes within a minute before all are refused for the rest of it. A code has 256 bits: this only keeps the log short. */
const MAX_WRONG = 10
const WRONG_WINDOW_MS = 60_000

interface Grant {
  readonly role: Role
  until: number
}

interface Session extends Grant {
  /** Hashes of its tokens, the oldest first. */
  readonly tokens: Set<string>
}

export interface SignedIn {
  /** A `Set-Cookie` value. */
  readonly cookie: string
  readonly token: string
}

export class HttpSessions {
  readonly #world: Pick<World, 'clock' | 'random'>
  readonly #cookieName: string
  readonly #codes = new Map<string, Grant>()
  readonly #sessions = new Map<string, Session>()
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

  /**
   * What a code buys, or why nothing. The code is used up either way. A browser that is signed in already keeps its session and
   * gets one more token, so that a new link does not sign its other tabs out.
   */
  redeem(code: string, cookieHeader: string | undefined): SignedIn | 'wrong' | 'too-many' {
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
    const known = this.#find(cookieHeader)
    const { id, session } = known?.session.role === grant.role ? known : this.#begin(grant.role)
    session.until = now + SESSION_MS
    const token = this.#world.random(32)
    session.tokens.add(hash(token))
    for (const oldest of session.tokens) if (session.tokens.size > MAX_TOKENS) session.tokens.delete(oldest)
    return { cookie: `${this.#cookieName}=${id}; Path=/; HttpOnly; SameSite=Strict`, token }
  }

  /** The role of the session in a `Cookie` header, if `token` is one of its tokens; else undefined. */
  roleOf(cookieHeader: string | undefined, token: string | undefined): Role | undefined {
    const session = this.#find(cookieHeader)?.session
    if (session === undefined || token === undefined || !session.tokens.has(hash(token))) return undefined
    session.until = this.#now() + SESSION_MS
    return session.role
  }

  #find(cookieHeader: string | undefined): { readonly id: string; readonly session: Session } | undefined {
    const [id, ...others] = cookieValues(cookieHeader ?? '', this.#cookieName)
    // Two of one name: someone has set a second; neither is believed.
    if (id === undefined || others.length > 0) return undefined
    const session = this.#sessions.get(hash(id))
    return session === undefined || session.until < this.#now() ? undefined : { id, session }
  }

  #begin(role: Role): { readonly id: string; readonly session: Session } {
    const id = this.#world.random(32)
    const session: Session = { role, until: 0, tokens: new Set() }
    keep(this.#sessions, hash(id), session, MAX_SESSIONS)
    return { id, session }
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
function keep<G extends Grant>(grants: Map<string, G>, key: string, grant: G, limit: number): void {
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
