/** A PostgreSQL source while it is filled in: servers to begin with, and what is still missing. */
import { hostSchema, postgresServerSchema } from '../../../electron/contract/postgres.ts'
import type { DraftOf } from './form.ts'

export type ServerDraft = DraftOf<'postgres'>['server']
export type Via = ServerDraft['via']
export const vias = ['host', 'container', 'service'] as const satisfies readonly Via[]

/** The stored password stays behind: it belongs to the server that was named before. */
export function serverBy(via: Via, user = 'postgres'): ServerDraft {
  switch (via) {
    case 'host':
      return { via, host: '127.0.0.1', port: 5432, user, sslMode: 'prefer' }
    case 'container':
      return { via, program: 'docker', container: '', user }
    case 'service':
      return { via, service: '' }
  }
}

/** What the server goes by: its host, container or service. */
export function serverName(server: ServerDraft): string {
  switch (server.via) {
    case 'host':
      return server.host
    case 'container':
      return server.container
    case 'service':
      return server.service
  }
}

/** Nothing yet, or one host: a whole address would take a password along into the job. */
export function isHost(text: string): boolean {
  return text === '' || hostSchema.safeParse(text).success
}

export function isContainer(container: string): boolean {
  return postgresServerSchema.safeParse({ via: 'container', container }).success
}

/** Whether everything that must be said is said and possible. */
export function isServerWhole(server: ServerDraft): boolean {
  return postgresServerSchema.safeParse(server).success
}
